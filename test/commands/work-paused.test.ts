import {expect, it, onTestFinished} from 'vitest'
import {cli, cliEnv, cliJson, runningCli} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {until} from '../support/until.ts'

const context = useServers()

async function pausedQueue(items: number): Promise<string> {
  const {queue, keys} = context.newQueue()
  await context.pool.query('CREATE TABLE IF NOT EXISTS paused (a int)')
  await push(
    context,
    keys,
    Array.from({length: items}, (_, a) => `{"a":${a}}`),
  )
  await cli(['pause', '-q', queue])
  return queue
}

const work = (queue: string, ...more: string[]) => [
  ...['work', '-q', queue, '--table', `${context.schema}.paused`],
  ...more,
]

it.each([['1'], ['2']])(
  'work --until-empty on a paused queue says so and ends with 3, in %s process(es)',
  async (n) => {
    const queue = await pausedQueue(5)
    const {code, stderr, json} = await cliJson(work(queue, '--until-empty', '--processes', n))
    expect({code, ...json}).toMatchObject({code: 3, queue, inserted: 0, paused: true})
    expect(stderr).toMatch(/queue \S+ is paused by \S+; 5 items are waiting; qtool resume -q /)
  },
)

it('work --until-empty on a paused queue without items ends as usual', async () => {
  const queue = await pausedQueue(0)
  expect((await cli(work(queue, '--until-empty'))).code).toBe(0)
})

it('work that goes on says once that the queue is paused, and once that it no longer is', async () => {
  const queue = await pausedQueue(3)
  const worker = runningCli(work(queue, '--workers', '4'), cliEnv())
  onTestFinished(() => void worker.child.kill('SIGKILL'))
  await until(() => worker.stderr().includes('is paused'))
  await cli(['resume', '-q', queue])
  await until(() => worker.stderr().includes('is no longer paused'))
  worker.child.kill('SIGTERM')
  const {stderr} = await worker.ended
  expect(stderr.match(/is paused/g)).toHaveLength(1)
  expect(stderr.match(/is no longer paused/g)).toHaveLength(1)
})

import {once} from 'node:events'
import {expect, it} from 'vitest'
import {cli, cliJson, runningCli, startCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()

async function seeded(count: number) {
  const at = context.newQueue()
  await seedLetters(
    context,
    at,
    Array.from({length: count}, (_, i) => ({payload: `{"n":${i}}`, score: i})),
  )
  return at
}

const auditOf = async (queue: string) => (await cliJson(['audit', '-q', queue])).json.lines

it('leaves its line in the audit when it is killed', async () => {
  const {queue, keys} = await seeded(600)
  const child = startCli(['dlq', 'replay', '-q', queue, '--rate', '100', '--reason', 'foreign_key'])
  await until(async () => (await context.redis.zcard(keys.ready)) > 20)
  child.kill('SIGKILL')
  await once(child, 'close')
  expect(await auditOf(queue)).toMatchObject([
    {
      action: 'dlq replay',
      state: 'started',
      endedAt: null,
      count: null,
      filter: '--reason foreign_key --rate 100/s',
    },
  ])
  expect((await cli(['audit', '-q', queue])).stdout).toContain('started, no end recorded')
})

it('says that it was interrupted, how many moved, and what continues it', async () => {
  const {queue, keys} = await seeded(600)
  const replay = runningCli(['dlq', 'replay', '-q', queue, '--rate', '100', '--reason', 'foreign_key'])
  await until(async () => (await context.redis.zcard(keys.ready)) > 20)
  replay.child.kill('SIGTERM')
  const {code, stdout, stderr} = await replay.ended
  const moved = await context.redis.zcard(keys.ready)
  expect(code).toBe(130)
  expect(stdout).toContain(`interrupted after ${moved} items`)
  expect(stdout).toContain('matched so far')
  expect(stderr).toContain(`interrupted: ${moved} dead letters replayed`)
  expect(stderr).toContain(`qtool dlq replay -q ${queue} --rate 100 --reason foreign_key\n`)
  expect(await auditOf(queue)).toMatchObject([{state: 'interrupted', count: moved}])
})

it('tells the audit what it left out', async () => {
  await context.pool.query('CREATE TABLE item (n int PRIMARY KEY)')
  const {queue} = await seeded(3)
  const table = ['--table', `${context.schema}.item`]
  const {json} = await cliJson(['dlq', 'replay', '-q', queue, ...table, '--only-passing', '--limit', '2'])
  expect(json).toMatchObject({replayed: 2, interrupted: false})
  expect(await auditOf(queue)).toMatchObject([{state: 'done', count: 2, filter: '--limit 2 --only-passing'}])
})

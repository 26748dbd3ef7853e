import {Queue, Worker} from 'bullmq'
import {beforeAll, expect, inject, it} from 'vitest'
import {cliJson, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {expectEachOnce} from './account.ts'
import {drainWithKills} from './drain-with-kills.ts'

const context = useServers()
const COUNT = 10_000

beforeAll(async () => {
  await context.pool.query('CREATE TABLE points (n int, text text)')
})

function jobOf(n: number) {
  const data = n % 100 === 0 ? `#${n}` : n % 100 === 1 ? {n: `#${n}`} : {n, text: 'é'}
  return {name: 'save', data, opts: {removeOnComplete: true}}
}

/** The number of a job, whichever way it was written. */
function numberOf(data: string | {n: string | number}): number {
  return Number(String(typeof data === 'string' ? data : data.n).replace('#', ''))
}

it('drains what BullMQ enqueues beside its own worker, through kills, and puts back what it refused', async () => {
  const {redis} = context
  const {queue: name} = context.newQueue()
  const {hostname: host, port, password} = new URL(inject('redisUrl'))
  const connection = {host, port: Number(port), password}
  const queue = new Queue(name, {connection})
  const seen: number[] = []
  const worker = (most: number) => {
    const running = new Worker(
      name,
      async ({data}) => {
        seen.push(numberOf(data))
        if (seen.length >= most) await running.pause(true)
      },
      {connection},
    )
    return running
  }

  const beside = worker(300)
  const enqueue = async () => {
    for (let first = 0; first < COUNT; first += 500) {
      await queue.addBulk(Array.from({length: 500}, (_, i) => jobOf(first + i)))
    }
    await until(() => seen.length >= 300)
    await beside.close()
  }
  const busy = enqueue()
  const key = `bull:${name}:wait`
  await until(async () => (await redis.exists(key)) === 1)
  const ready = ['-q', name, '--redis-key', key]
  const table = ['--payload', 'bullmq', '--table', `${context.schema}.points`]
  await drainWithKills([...ready, ...table], busy)

  const before = seen.length
  const {json} = await cliJson(['inspect', '-q', name])
  expect(json).toMatchObject({ready: 0, leased: 0})
  const written = (await context.pool.query('SELECT count(*)::int AS n FROM points')).rows[0].n
  expect(written + before + json.deadLetters).toBe(COUNT)
  expect(json.deadLetters).toBeLessThanOrEqual(200)

  expect((await cliJson(['dlq', 'replay', '-q', name])).json).toMatchObject({replayed: json.deadLetters})
  const again = worker(COUNT)
  await until(() => seen.length === before + json.deadLetters)
  await again.close()
  const rows = await expectEachOnce(context, COUNT, seen)
  // What is left of a drained job is its hash, which BullMQ itself can remove
  expect(await queue.removeOrphanedJobs()).toBe(rows)
  await queue.obliterate({force: true})
  await queue.close()
}, 120_000)

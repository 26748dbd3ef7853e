import {beforeAll, expect, inject, it} from 'vitest'
import {cliJson, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {expectEachOnce} from './account.ts'
import {drainWithKills} from './drain-with-kills.ts'
import {python} from './python.ts'

const context = useServers()
const COUNT = 10_000

beforeAll(async () => {
  await context.pool.query('CREATE TABLE points (n int, text text)')
})

it('drains what RQ enqueues beside its own worker, through kills, and puts back what it refused', async () => {
  const {redis} = context
  const {queue} = context.newQueue()
  const key = `rq:queue:${queue}`
  const env = {BROKER: inject('redisUrl'), QUEUE: queue, SEEN: `seen:${queue}`}
  const seen = async () => (await redis.lrange(env.SEEN, 0, -1)).map(Number)

  const enqueuing = python(['rq_points.py', 'enqueue', String(COUNT)], env)
  await until(async () => (await redis.exists(key)) === 1)
  const beside = python(['rq_points.py', 'work', '300'], env)
  const ready = ['-q', queue, '--redis-key', key]
  const table = ['--payload', 'rq', '--table', `${context.schema}.points`]
  await drainWithKills([...ready, ...table], Promise.all([enqueuing, beside]))

  const before = await seen()
  const {json} = await cliJson(['inspect', '-q', queue])
  expect(json).toMatchObject({ready: 0, leased: 0})
  const written = (await context.pool.query('SELECT count(*)::int AS n FROM points')).rows[0].n
  expect(written + before.length + json.deadLetters).toBe(COUNT)
  expect(json.deadLetters).toBeLessThanOrEqual(300)

  expect((await cliJson(['dlq', 'replay', '-q', queue])).json).toMatchObject({replayed: json.deadLetters})
  await python(['rq_points.py', 'work', String(COUNT)], env)
  await expectEachOnce(context, COUNT, await seen())
  for (const pattern of [
    'rq:job:*',
    'rq:*registry*',
    `rq:queue:${queue}`,
    'rq:queues',
    'rq:finished*',
    env.SEEN,
  ]) {
    const keys = await redis.keys(pattern)
    if (keys.length > 0) await redis.unlink(keys)
  }
}, 120_000)

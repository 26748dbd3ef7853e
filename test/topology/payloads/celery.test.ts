import {beforeAll, expect, inject, it} from 'vitest'
import {cliJson, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {expectEachOnce} from './account.ts'
import {drainWithKills} from './drain-with-kills.ts'
import {python, startPython} from './python.ts'

const context = useServers()
const COUNT = 10_000
const BAD = 300

beforeAll(async () => {
  await context.pool.query('CREATE TABLE points (n int, text text)')
})

/** What Celery has taken and not run by its shutdown waits in its own hash: it is not ours. */
async function heldBack(queue: string): Promise<number[]> {
  const messages = (await context.redis.hvals('unacked')).map((text) => JSON.parse(text))
  return messages
    .filter(([, , routingKey]) => routingKey === queue)
    .map(([{body}]) => Number(/"n": "?#?(\d+)/.exec(Buffer.from(body, 'base64').toString())?.[1]))
}

it('drains what Celery enqueues beside its own worker, through kills, and puts back what it refused', async () => {
  const {redis} = context
  const {queue} = context.newQueue()
  const broker = inject('redisUrl')
  const env = {BROKER: broker, QUEUE: queue, SEEN: `seen:${queue}`}
  const seen = async () => (await redis.lrange(env.SEEN, 0, -1)).map(Number)
  const worker = () =>
    startPython(['-m', 'celery', '-A', 'celery_points', 'worker', '--pool', 'solo', '-l', 'ERROR'], env)
  const stop = async (celery: ReturnType<typeof worker>) => {
    // Or it loses what it is just taking when its connection closes
    await python(['-m', 'celery', '-A', 'celery_points', 'control', 'cancel_consumer', queue], env)
    celery.kill('SIGTERM')
    await until(() => celery.exitCode !== null || celery.signalCode !== null)
  }

  const beside = worker()
  const consuming = until(async () => (await redis.llen(env.SEEN)) > 200).then(() => stop(beside))
  const enqueuing = python(['celery_points.py', 'enqueue', String(COUNT)], env)
  const busy = Promise.all([enqueuing, consuming])
  await until(async () => (await redis.exists(queue)) === 1)
  const ready = ['-q', queue, '--redis-key', queue]
  const table = ['--payload', 'celery', '--table', `${context.schema}.points`]
  await drainWithKills([...ready, ...table], busy)

  const before = [...(await seen()), ...(await heldBack(queue))]
  const {json} = await cliJson(['inspect', '-q', queue])
  expect(json).toMatchObject({ready: 0, leased: 0})
  const written = (await context.pool.query('SELECT count(*)::int AS n FROM points')).rows[0].n
  expect(written + before.length + json.deadLetters).toBe(COUNT)
  expect(json.deadLetters).toBeLessThanOrEqual(BAD)
  expect(json.deadLettersByReason).toMatchObject({malformed: expect.any(Number), invalid: expect.any(Number)})

  expect((await cliJson(['dlq', 'replay', '-q', queue])).json).toMatchObject({replayed: json.deadLetters})
  const again = worker()
  // One that has just been run is in both for a moment
  const taken = async () => new Set([...(await seen()), ...(await heldBack(queue))])
  await until(async () => (await taken()).size === before.length + json.deadLetters)
  await stop(again)
  await expectEachOnce(context, COUNT, [...(await seen()), ...(await heldBack(queue))])
  await redis.del(env.SEEN, `_kombu.binding.${queue}`)
}, 120_000)

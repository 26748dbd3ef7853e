import {expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

/** `target` with the method `name` replaced. */
function withMethod<T extends object>(target: T, name: string, method: (...args: never[]) => unknown): T {
  return new Proxy(target, {
    get(_, key) {
      if (key === name) return method
      const value = Reflect.get(target, key)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}

it('writes nothing of a lease that was lost while it waited for a connection', async () => {
  await context.pool.query('CREATE TABLE late (a int)')
  const at = context.newQueue()
  const sink = await testSink(context, 'late')
  await push(context, at.keys, ['{"a":1}', '{"a":2}'])
  const stop = new AbortController()
  let isLost = false
  const redis = withMethod(context.redis, 'evalsha', async (sha: string, keys: number, ...rest: string[]) => {
    const reply = await context.redis.evalsha(sha, keys, ...rest)
    // Only the heartbeat has three keys and can get 0 as an answer
    if (keys === 3 && reply === 0) isLost = true
    return reply
  })
  const pool = withMethod(context.pool, 'connect', async () => {
    await until(takeOver)
    await until(() => isLost)
    stop.abort()
    return context.pool.connect()
  })
  async function takeOver(): Promise<boolean> {
    const [id] = await context.redis.zrange(at.keys.leases, '0', '0')
    await context.redis.zadd(at.keys.leases, 1, id)
    const turn = {taker: 'other', turn: 1, count: 10, lengthMs: 30_000}
    return (await at.engine.take(turn)).state === 'lease'
  }
  // Without a ledger, which would also prevent the write
  const options = {workers: 1, leaseMs: 300, ledger: undefined, signal: stop.signal}
  const tally = await drainAll({...context, redis, pool}, sink, at, options)
  expect(tally).toMatchObject({lostLeases: 1, inserted: 0})
  expect((await context.pool.query('SELECT a FROM late')).rows).toEqual([])
})

it('takes Postgres for no worse because leases were lost in the middle of a statement', async () => {
  await context.pool.query('CREATE TABLE held (a int)')
  const at = context.newQueue()
  const sink = await testSink(context, 'held')
  const count = 7
  await push(
    context,
    at.keys,
    Array.from({length: count}, (_, a) => `{"a":${a}}`),
  )
  const stop = new AbortController()
  const states: string[] = []
  const blocker = await context.pool.connect()
  await blocker.query('BEGIN; LOCK TABLE held IN ACCESS EXCLUSIVE MODE')
  const options = {
    workers: 1,
    batch: 1,
    leaseMs: 300,
    signal: stop.signal,
    untilEmpty: false,
    observers: [{breaker: (_: string, state: string) => states.push(state)}],
  }
  const drained = drainAll(context, sink, at, options)
  const taken = new Set<string>()
  for (let turn = 1; turn <= count; turn++) {
    await until(async () => {
      const ids = await context.redis.zrange(at.keys.leases, '0', '-1')
      const id = ids.find((one) => !taken.has(one))
      if (id === undefined) return false
      await context.redis.zadd(at.keys.leases, 1, id)
      await at.engine.take({taker: 'other', turn, count: 10, lengthMs: 60_000})
      taken.add(id)
      return true
    })
  }
  stop.abort()
  const tally = await drained
  await blocker.query('ROLLBACK')
  blocker.release()
  expect(tally).toMatchObject({lostLeases: count, inserted: 0, retried: 0})
  expect(states).toEqual([])
})

it('asks Redis nothing about a lease while its transaction is open, whatever is refused in it', async () => {
  await context.pool.query('CREATE TABLE asked_parent (id int PRIMARY KEY)')
  await context.pool.query('CREATE TABLE asked (a int UNIQUE CHECK (a < 100), p int REFERENCES asked_parent)')
  const at = context.newQueue()
  const kinds = ['{"a":1}', '{"a":"x"}', '{"a":200}', '{"a":2,"p":9}', '{"a":1 }', '{"b":1}', 'no json']
  await push(context, at.keys, kinds)
  const open = new Set<unknown>()
  const asked: string[] = []
  const pool = withMethod(context.pool, 'connect', async () => {
    const client = await context.pool.connect()
    return withMethod(client, 'query', (...call: Parameters<typeof client.query>) => {
      const text = typeof call[0] === 'string' ? call[0] : ''
      if (text.startsWith('BEGIN')) open.add(client)
      if (/^(COMMIT|ROLLBACK)$/.test(text)) open.delete(client)
      return client.query(...call)
    })
  })
  const redis = withMethod(context.redis, 'evalsha', (...call: Parameters<typeof context.redis.evalsha>) => {
    if (open.size > 0 && String(call[2]).startsWith(at.keys.lease(''))) asked.push(String(call[0]))
    return context.redis.evalsha(...call)
  })
  const sink = await testSink(context, 'asked')
  const tally = await drainAll({...context, redis, pool}, sink, at, {workers: 1})
  expect(tally).toMatchObject({inserted: 1, deadLettered: 5})
  expect(asked).toEqual([])
})

import {expect, it} from 'vitest'
import {AppliedLeases} from '../../src/sink/ledger/ledger.ts'
import {drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

it('forgets leases that were written long ago, but for those that Redis still holds', async () => {
  await context.pool.query('CREATE TABLE pruned (a int)')
  const at = context.newQueue()
  const sink = await testSink(context, 'pruned')
  await push(context, at.keys, ['{"a":1}', '{"a":2}'])
  // As if the worker had died before it could acknowledge
  const redis = new Proxy(context.redis, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'evalsha') return typeof value === 'function' ? value.bind(target) : value
      return (sha: string, keys: number, ...rest: string[]) =>
        rest.includes(at.keys.canary) ? Promise.reject(new Error('gone')) : target.evalsha(sha, keys, ...rest)
    },
  })
  await expect(drainAll({...context, redis}, sink, at, {workers: 1})).rejects.toThrow('gone')
  const [lease] = await context.redis.zrange(at.keys.leases, '0', '-1')
  await context.pool.query(
    `INSERT INTO qtool.applied_lease (lease_id, queue, sink, inserted, already_there, failed_at, dead_letters)
VALUES ($1, $2, 's', 1, 0, '{}', '{}')`,
    [`${at.queue}-gone`, at.queue],
  )
  await context.pool.query(
    `UPDATE qtool.applied_lease SET applied_at = now() - interval '8 days' WHERE queue = $1`,
    [at.queue],
  )
  await context.redis.zadd(at.keys.leases, 1, lease)
  expect(await drainAll(context, sink, at, {workers: 1})).toMatchObject({inserted: 0, recovered: 2})
  expect((await context.pool.query('SELECT FROM pruned')).rowCount).toBe(2)
  const client = await context.pool.connect()
  const ledger = new AppliedLeases()
  expect(await ledger.find(client, lease)).toBeDefined()
  expect(await ledger.find(client, `${at.queue}-gone`)).toBeUndefined()
  client.release()
})

it('leaves the leases of another Redis with a queue of the same name', async () => {
  const at = context.newQueue()
  const old = `UPDATE qtool.applied_lease SET applied_at = now() - interval '8 days' WHERE queue = $1`
  const table = (await testSink(context, 'pruned')).name
  const client = await context.pool.connect()
  const [here, there] = ['here', 'there'].map((origin) => new AppliedLeases('qtool', origin))
  const applied = {
    inserted: 1,
    alreadyThere: 0,
    updated: 0,
    superseded: 0,
    deleted: 0,
    alreadyGone: 0,
    suppressed: 0,
    deadLetters: [],
    postponed: [],
  }
  await here.record(client, {leaseId: `${at.queue}-a`, queue: at.queue}, table, applied)
  await there.record(client, {leaseId: `${at.queue}-b`, queue: at.queue}, table, applied)
  await there.recordSplit(client, {leaseId: `${at.queue}-c`, queue: at.queue}, table)
  await client.query(old, [at.queue])
  expect(await here.prune(client, at.queue, {days: 7, kept: [], most: 10})).toBe(1)
  expect(await there.find(client, `${at.queue}-b`)).toBeDefined()
  expect(await there.prune(client, at.queue, {days: 7, kept: [], most: 10})).toBe(2)
  client.release()
})

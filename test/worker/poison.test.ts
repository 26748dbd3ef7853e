import {beforeAll, describe, expect, it} from 'vitest'
import {plainItems} from '../../src/record/payload/read-items.ts'
import {AppliedLeases} from '../../src/sink/ledger/ledger.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {LeaseSplitError} from '../../src/sink/write/transaction.ts'
import {writeLease} from '../../src/sink/write/write-lease.ts'
import type {WorkerObserver} from '../../src/worker/observer.ts'
import {MOST_DEATHS} from '../../src/worker/poison.ts'
import {deadLetters, drainAll, push, testSink, useServers, withClient} from '../support/context.ts'
import {held} from '../support/leases.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE poison (a int)')
  await context.pool.query('CREATE TABLE parent (id int PRIMARY KEY)')
  await context.pool.query('CREATE TABLE child (a int, parent int REFERENCES parent)')
})

/** A worker that takes a lease and is never heard of again. */
async function vanish({engine, keys}: ReturnType<typeof context.newQueue>) {
  const lease = held(await engine.take({taker: `l-${Math.random()}`, turn: 1, count: 1000, lengthMs: 1}))
  // Until it is overdue by the clock of Redis
  while (Number(await context.redis.zscore(keys.leases, lease.id)) >= (await now()))
    await new Promise(setImmediate)
  return lease
}

async function now(): Promise<number> {
  const [seconds, micros] = await context.redis.time()
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000)
}

describe('a lease whose holders vanish', () => {
  it('cannot be written by a holder who was only slow, once it is split', async () => {
    const at = context.newQueue()
    const sink = await testSink(context, 'poison')
    await push(context, at.keys, ['{"a":100}', '{"a":101}'])
    const slow = await vanish(at)
    for (let i = 0; i < MOST_DEATHS - 1; i++) await vanish(at)
    await drainAll(context, sink, at)
    const writing = withClient(context, (client) =>
      writeLease(client, new Sinks([sink]), {
        leaseId: slow.id,
        queue: at.queue,
        redelivered: false,
        read: plainItems(slow.items),
        isolate: false,
        isLongFailing: false,
        othersPass: false,
        isLast: false,
        isFresh: false,
        ledger: new AppliedLeases(),
        beforeRefusing: async () => {},
        refuse: () => ({deadLetters: [], postponed: []}),
      }),
    )
    await expect(writing).rejects.toBeInstanceOf(LeaseSplitError)
    const {rows} = await context.pool.query('SELECT count(*)::int AS n FROM poison WHERE a >= 100')
    expect(rows[0].n).toBe(2)
    expect(await withClient(context, (client) => new AppliedLeases().find(client, slow.id))).toMatchObject({
      split: true,
    })
  })

  it('is acknowledged where the first of them had written it after all', async () => {
    const at = context.newQueue()
    const sink = await testSink(context, 'poison')
    await push(context, at.keys, ['{"a":200}', '{"a":201}'])
    const slow = await vanish(at)
    await withClient(context, (client) =>
      writeLease(client, new Sinks([sink]), {
        leaseId: slow.id,
        queue: at.queue,
        redelivered: false,
        read: plainItems(slow.items),
        isolate: false,
        isLongFailing: false,
        othersPass: false,
        isLast: false,
        isFresh: false,
        ledger: new AppliedLeases(),
        beforeRefusing: async () => {},
        refuse: () => ({deadLetters: [], postponed: []}),
      }),
    )
    for (let i = 0; i < MOST_DEATHS - 1; i++) await vanish(at)
    expect(await drainAll(context, sink, at)).toMatchObject({recovered: 2, inserted: 0})
  })
})

describe('a record whose parent comes late', () => {
  it('is tried again after the delay, and written', async () => {
    const at = context.newQueue()
    const sink = await testSink(context, 'child')
    await push(context, at.keys, [
      '{"a":1,"parent":1}',
      '{"a":2}',
      '{"points":[{"a":3,"parent":1},{"a":3,"parent":1}]}',
    ])
    let leases = 0
    const addParent: WorkerObserver = {
      settled: () => {
        if (++leases === 2) void context.pool.query('INSERT INTO parent VALUES (1)')
      },
    }
    const options = {foreignKeys: {retries: 5, delayMs: 20}, observers: [addParent]}
    const tally = await drainAll(context, sink, at, options)
    expect(tally).toMatchObject({inserted: 4, deadLettered: 0})
    expect(tally.postponed).toBeGreaterThanOrEqual(3)
    expect((await context.pool.query('SELECT FROM child')).rowCount).toBe(4)
  })

  it('is a dead letter in the end, with the score it had', async () => {
    const at = context.newQueue()
    const sink = await testSink(context, 'child')
    await push(context, at.keys, ['{"a":9}', '{"a":10,"parent":404}'])
    const tally = await drainAll(context, sink, at, {foreignKeys: {retries: 2, delayMs: 1}})
    expect(tally).toMatchObject({inserted: 1, postponed: 2, deadLettered: 1})
    expect(await deadLetters(context, at.keys)).toMatchObject([
      {reason: 'foreign_key', attempts: 3, score: 1, payload: '{"a":10,"parent":404}'},
    ])
  })
})

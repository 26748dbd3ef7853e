import {randomUUID} from 'node:crypto'
import {setTimeout as wait} from 'node:timers/promises'
import {crc32} from 'node:zlib'
import {afterAll, describe, expect, it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {spreadQueue} from '../../../src/queue/shards/spread-queue.ts'
import {AppliedLeases} from '../../../src/sink/ledger/ledger.ts'
import {Sinks} from '../../../src/sink/sinks.ts'
import {drain} from '../../../src/worker/drain.ts'
import {USUAL} from '../../../src/worker/policy.ts'
import {testSink, useServers} from '../../support/context.ts'

const context = useServers()
const opened: QueueEngine[] = []

afterAll(async () => {
  for (const queue of opened) await queue.destroy()
})

async function spread(shards: number, isStrict: boolean): Promise<QueueEngine> {
  const name = `test-${randomUUID()}`
  await spreadQueue(context.redis, name, {shards, shardBy: 'f', isStrict})
  const queue = await openQueue(context.redis, {name})
  opened.push(queue)
  return queue
}

/** A table that numbers its rows in the order in which they arrive. */
async function newTable(): Promise<string> {
  const name = `t${randomUUID().slice(0, 8)}`
  await context.pool.query(`CREATE TABLE ${name} (f text, n integer, after integer, arrived serial)`)
  return name
}

async function rowsOf(table: string): Promise<Array<{f: string; n: number; after: number; arrived: number}>> {
  const {rows} = await context.pool.query(`SELECT f, n, after, arrived FROM ${table} ORDER BY arrived`)
  return rows
}

/** Every record once, and those of each key in the order in which they were enqueued. */
function expectInOrder(rows: Array<{f: string; n: number}>, count: number): void {
  expect(new Set(rows.map(({f, n}) => `${f} ${n}`)).size).toBe(count)
  expect(rows.length).toBe(count)
  const last = new Map<string, number>()
  const early = rows.filter(({f, n}) => {
    const isEarly = n !== (last.get(f) ?? -1) + 1
    last.set(f, n)
    return isEarly
  })
  expect(early).toEqual([])
}

/** Drains until the table holds so many rows. */
async function drainUntil(
  queue: QueueEngine,
  table: string,
  workers: number,
  isDone: () => Promise<boolean>,
) {
  const over = new AbortController()
  const target = {
    queue: await openQueue(context.redis, {name: queue.name}),
    sinks: new Sinks([await testSink(context, table)]),
    ledger: new AppliedLeases(),
  }
  const policy = {...USUAL, workers, batch: 50, untilEmpty: false}
  const draining = drain(context, target, {policy, signal: over.signal, observers: []})
  while (!(await isDone())) await Promise.race([draining, wait(50)])
  over.abort()
  await draining
}

describe('the order of the records of one key', () => {
  it.each([
    ['one worker', 1, false],
    ['four workers, one lease of a shard at a time', 4, true],
  ])(
    'is kept from producer to table, while shards are added and given up, by %s',
    async (_, workers, isStrict) => {
      const queue = await spread(2, isStrict)
      const table = await newTable()
      const producer = await queue.openProducer({mode: 'batch', batch: 40, priority: 0})
      let added = 0
      let isOver = false
      const producing = (async () => {
        while (!isOver) {
          for (let i = 0; i < 40; i++, added++) {
            const item = Buffer.from(`{"f":"flight ${added % 20}","n":${Math.floor(added / 20)}}`)
            await producer.add(item, 0, item.length)
          }
          await producer.flush()
          await wait(5)
        }
        await producer.finish()
        await producer.close()
      })()
      const rebalancing = (async () => {
        for (const shards of [4, 3, 5, 1, 2]) {
          const own = await openQueue(context.redis, {name: queue.name})
          await own.shards?.rebalance({
            shards,
            waitMs: 20_000,
            signal: new AbortController().signal,
            onProgress: () => {},
          })
          await wait(200)
        }
        isOver = true
      })()
      const count = async () =>
        Number((await context.pool.query(`SELECT count(*) FROM ${table}`)).rows[0].count)
      await Promise.all([
        producing,
        rebalancing,
        drainUntil(queue, table, workers, async () => isOver && (await count()) >= added),
      ])
      expect(added).toBeGreaterThan(1000)
      expectInOrder(await rowsOf(table), added)
    },
  )
})

describe('workers of a queue that is spread', () => {
  it('let no shard wait for a full one', async () => {
    const queue = await spread(3, false)
    const table = await newTable()
    const lastRow = async () =>
      Number((await context.pool.query(`SELECT last_value FROM ${table}_arrived_seq`)).rows[0].last_value)
    const keyOf = (shard: number) => {
      for (let i = 0; ; i++) if ((crc32(`k${i}`) % 3) + 1 === shard) return `k${i}`
    }
    const producer = await queue.openProducer({mode: 'batch', batch: 1000, priority: 0})
    const add = async (f: string, n: number, after = 0) => {
      const item = Buffer.from(`{"f":"${f}","n":${n},"after":${after}}`)
      await producer.add(item, 0, item.length)
    }
    const full = 30_000
    for (let n = 0; n < full; n++) await add(keyOf(1), n)
    await producer.flush()
    let trickled = 0
    let isOver = false
    const trickling = (async () => {
      while (!isOver) {
        const after = await lastRow()
        await add(keyOf(2), trickled, after)
        await add(keyOf(3), trickled, after)
        await producer.flush()
        trickled++
        await wait(10)
      }
      await producer.finish()
      await producer.close()
    })()
    const isFullDone = async () => {
      const {rows} = await context.pool.query(`SELECT count(*) FROM ${table} WHERE f = $1`, [keyOf(1)])
      return Number(rows[0].count) === full
    }
    await drainUntil(queue, table, 1, isFullDone)
    isOver = true
    await trickling
    // In rows that went before: a busy machine is slow for all shards
    const waits = (await rowsOf(table))
      .filter(({f}) => f !== keyOf(1))
      .map(({after, arrived}) => arrived - after)
    waits.sort((a, b) => a - b)
    const p99 = waits[Math.floor(waits.length * 0.99)]
    expect(waits.length).toBeGreaterThan(50)
    // Behind the full shard they would have waited for most of its rows
    expect(waits.at(-1)).toBeLessThan(full / 4)
    expect(p99).toBeLessThan(full / 20)
  })
})

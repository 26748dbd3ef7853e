import {randomUUID} from 'node:crypto'
import {crc32} from 'node:zlib'
import {Redis} from 'ioredis'
import {afterAll, describe, expect, inject, it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {spreadQueue} from '../../../src/queue/shards/spread-queue.ts'
import {queueKeys} from '../../../src/redis/keys.ts'
import {useServers} from '../../support/context.ts'
import {nothing} from '../../support/leases.ts'
import {seedLetters} from '../../support/letters.ts'
import {addAll, failAfter} from '../conformance/tested-queue.ts'

const context = useServers()
const opened: QueueEngine[] = []

afterAll(async () => {
  for (const queue of opened) await queue.destroy()
})

async function spread(
  shards: number,
  options: {by?: string} = {by: 'f'},
): Promise<{queue: QueueEngine; name: string}> {
  const name = `test-${randomUUID()}`
  await spreadQueue(context.redis, name, {shards, shardBy: options.by})
  const queue = await openQueue(context.redis, {name})
  opened.push(queue)
  return {queue, name}
}

const open = (name: string, redis = context.redis) => openQueue(redis, {name})

async function enqueue(queue: QueueEngine, items: string[]): Promise<void> {
  const producer = await queue.openProducer({mode: 'batch', batch: 100, priority: 0})
  await addAll(producer, items).finally(() => producer.close())
}

const itemsOf = (count: number, from = 0) =>
  Array.from(
    {length: count},
    (_, i) => `{"f":"flight ${(from + i) % 20}","n":${Math.floor((from + i) / 20)}}`,
  )

const to = (shards: number) => ({
  shards,
  waitMs: 10_000,
  signal: new AbortController().signal,
  onProgress: () => {},
})

/** What lies in each shard, read behind the back of the queue. */
async function readShards(name: string, shards: number): Promise<string[][]> {
  const keys = Array.from({length: shards}, (_, i) => `queue:${name}_shard_${i + 1}`)
  return Promise.all(keys.map((key) => context.redis.zrange(key, '0', '-1')))
}

/** Every item once, in the shard that CRC-32 names, those of each key in order. */
function expectPlaced(shards: string[][], items: string[]): void {
  expect(shards.flat().sort()).toEqual([...items].sort())
  const last = new Map<string, number>()
  for (const [at, lying] of shards.entries()) {
    for (const item of lying) {
      const {f, n} = JSON.parse(item)
      expect(crc32(f) % shards.length).toBe(at)
      expect(n).toBeGreaterThan(last.get(f) ?? -1)
      last.set(f, n)
    }
  }
}

describe('a rebalance', () => {
  it.each([
    [2, 5],
    [5, 2],
    [3, 3],
    [1, 4],
  ])('from %i to %i shards puts every item where it belongs', async (from, shards) => {
    const {queue, name} = await spread(from)
    await enqueue(queue, itemsOf(1500))
    await queue.shards?.rebalance(to(shards))
    expectPlaced(await readShards(name, shards), itemsOf(1500))
    for (let retired = shards + 1; retired <= from; retired++) {
      expect(await context.redis.exists(`queue:${name}_shard_${retired}`)).toBe(0)
    }
    expect((await open(name)).shards?.map).toMatchObject({shards, move: undefined})
    expect(await queue.pauseState()).toMatchObject({paused: false})
  })

  it('spreads a queue that was not, and what producers put under its own name later', async () => {
    const {queue: name, keys} = context.newQueue()
    await context.redis.zadd(keys.ready, ...itemsOf(300).flatMap((item, i) => [i, item]))
    const queue = await open(name)
    await queue.shards?.rebalance({...to(3), shardBy: 'f'})
    const spread = await open(name)
    opened.push(spread)
    expectPlaced(await readShards(name, 3), itemsOf(300))
    await context.redis.zadd(keys.ready, ...itemsOf(40, 300).flatMap((item, i) => [1e6 + i, item]))
    await spread.shards?.rebalance(to(3))
    expectPlaced(await readShards(name, 3), itemsOf(340))
  })

  it('refuses the chunks of a producer that does not know of it yet, which places them anew, in order', async () => {
    const {queue, name} = await spread(2)
    const producer = await queue.openProducer({mode: 'batch', batch: 50, priority: 0})
    await addAll(producer, itemsOf(700))
    await (await open(name)).shards?.rebalance(to(5))
    await addAll(producer, itemsOf(700, 700))
    expect(producer).toMatchObject({added: 1400, items: 1400, duplicates: 0, pending: 0, held: 0})
    await producer.close()
    expectPlaced(await readShards(name, 5), itemsOf(1400))
    expect(await queue.inspect()).toMatchObject({ready: 1400, totals: {enqueued: 1400}})
  })

  it.each(['single', 'pipeline', 'batch'] as const)('goes on while a producer adds (%s)', async (mode) => {
    const {queue, name} = await spread(3)
    const producer = await queue.openProducer({mode, batch: 20, priority: 0})
    let added = 0
    let isOver = false
    const adding = (async () => {
      while (!isOver || added < 500) {
        const item = Buffer.from(itemsOf(1, added++)[0])
        await producer.add(item, 0, item.length)
        if (added % 50 === 0) await producer.flush()
      }
      await producer.finish()
    })()
    for (const shards of [5, 2, 4]) await (await open(name)).shards?.rebalance(to(shards))
    isOver = true
    await adding
    await producer.close()
    expect(producer.added).toBe(added)
    expectPlaced(await readShards(name, 4), itemsOf(added))
  })

  it('moves dead letters with their counts, to where their items would be put back', async () => {
    const {queue, name} = await spread(2)
    await enqueue(queue, itemsOf(40))
    for (const shard of [1, 2]) {
      const keys = queueKeys(`${name}_shard_${shard}`)
      const mine = itemsOf(1500).filter((_, i) => (i % 2) + 1 === shard)
      await seedLetters(
        context,
        {queue: name, keys},
        mine.map((payload, i) => ({payload, id: `${shard}:${i}`})),
      )
    }
    expect(await queue.shards?.rebalance(to(3))).toMatchObject({deadLetters: expect.any(Number)})
    const after = await open(name)
    expect(await after.inspect()).toMatchObject({
      deadLetters: 1500,
      deadLettersByReason: {foreign_key: 1500},
      warnings: [],
    })
    for (const shard of [1, 2, 3]) {
      const lying = await context.redis.zrange(`dlq:${name}_shard_${shard}`, '0', '-1')
      for (const letter of lying)
        expect((crc32(JSON.parse(JSON.parse(letter).payload).f) % 3) + 1).toBe(shard)
      expect(Number(await context.redis.hget(`stats:${name}_shard_${shard}`, 'dead:foreign_key'))).toBe(
        lying.length,
      )
    }
  })

  it('waits for leases, and changes nothing if they are held for too long', async () => {
    const {queue, name} = await spread(2)
    await enqueue(queue, itemsOf(100))
    const take = await queue.take({taker: randomUUID(), turn: 1, count: 5, lengthMs: 60_000})
    if (take.state !== 'lease') throw new Error('expected a lease')
    await expect(queue.shards?.rebalance({...to(3), waitMs: 50})).rejects.toMatchObject({code: 'HELD_LEASES'})
    expect((await open(name)).shards?.map).toMatchObject({shards: 2, move: undefined})
    expect(await queue.pauseState()).toMatchObject({paused: false})
    const rebalancing = queue.shards?.rebalance(to(3))
    await queue.settle(take.lease, nothing)
    await rebalancing
    const left = (await readShards(name, 3)).flat()
    expect(left.length).toBe(95)
  })

  it('keeps workers waiting meanwhile, who still finish leases that others have left', async () => {
    const {queue, name} = await spread(2)
    await enqueue(queue, itemsOf(100))
    const take = await queue.take({taker: randomUUID(), turn: 1, count: 5, lengthMs: 1})
    expect(take.state).toBe('lease')
    const other = await open(name)
    const rebalancing = queue.shards?.rebalance(to(3))
    let late = await other.take({taker: randomUUID(), turn: 1, count: 5, lengthMs: 60_000})
    for (let turn = 2; late.state !== 'lease' || late.lease.attempt < 2; turn++) {
      if (late.state === 'lease') await other.settle(late.lease, nothing)
      late = await other.take({taker: randomUUID(), turn, count: 5, lengthMs: 60_000})
    }
    await other.settle(late.lease, nothing)
    await rebalancing
    expect(await other.depth()).toBeLessThanOrEqual(95)
  })

  it('loses and doubles nothing if it is killed at any step and called again', async () => {
    const {queue, name} = await spread(2, {})
    await enqueue(queue, itemsOf(400))
    for (let steps = 1, shards = 2; steps < 40; steps += 3) {
      shards = shards === 5 ? 3 : 5
      const own = new Redis(inject('redisUrl'))
      const dying = await open(name, own)
      failAfter(own, steps)
      await dying.shards?.rebalance(to(shards)).catch(() => {})
      own.disconnect()
      await (await open(name)).shards?.rebalance(to(shards))
      const lying = await readShards(name, 5)
      expect(lying.flat().sort()).toEqual(itemsOf(400).sort())
      for (const [at, items] of lying.entries())
        for (const item of items) expect(crc32(item) % shards).toBe(at)
    }
    expect(queue.name).toBe(name)
  })

  it('brings nothing back that was taken from its new shard before it was called again', async () => {
    for (let steps = 4; steps < 24; steps += 2) {
      const {queue, name} = await spread(2, {})
      await enqueue(queue, itemsOf(60))
      const own = new Redis(inject('redisUrl'))
      const dying = await open(name, own)
      failAfter(own, steps)
      await dying.shards?.rebalance(to(5)).catch(() => {})
      own.disconnect()
      const taken: string[] = []
      for (let shard = 1; shard <= 5; shard++) {
        const popped = await context.redis.zpopmin(`queue:${name}_shard_${shard}`, 100)
        taken.push(...popped.filter((_, i) => i % 2 === 0))
      }
      await (await open(name)).shards?.rebalance(to(5))
      const left = (await readShards(name, 5)).flat()
      expect([...taken, ...left].sort()).toEqual(itemsOf(60).sort())
    }
  })

  it('lets nobody spread it otherwise before it is finished', async () => {
    const {name} = await spread(2)
    await context.redis.hset(
      `sink:${name}`,
      'moving',
      '2 3 1 2026-01-01T00:00:00Z',
      'shards',
      '3',
      'epoch',
      '2',
    )
    const queue = await open(name)
    await expect(queue.shards?.rebalance(to(4))).rejects.toMatchObject({code: 'REBALANCING'})
    await expect(queue.resume()).rejects.toMatchObject({code: 'REBALANCING'})
    await queue.shards?.rebalance(to(3))
    expect((await open(name)).shards?.map).toMatchObject({shards: 3, move: undefined})
  })
})

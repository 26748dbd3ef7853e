import {randomUUID} from 'node:crypto'
import {crc32} from 'node:zlib'
import type {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {spreadQueue} from '../../../src/queue/shards/spread-queue.ts'
import {closeRedis} from '../../../src/redis/client.ts'
import {openRedis} from '../../../src/redis/connect.ts'
import {addAll} from '../../queue/conformance/tested-queue.ts'
import {startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {nothing} from '../../support/leases.ts'

let cluster: TestCluster
let redis: Redis

beforeAll(async () => {
  cluster = await startTestCluster()
  redis = (await openRedis(cluster.url, {})).redis
})
afterAll(async () => {
  closeRedis(redis)
  await cluster.stop()
})

const itemsOf = (count: number) =>
  Array.from({length: count}, (_, i) => `{"f":"flight ${i % 20}","n":${Math.floor(i / 20)}}`)

async function spread(shards: number): Promise<{queue: QueueEngine; name: string}> {
  const name = `test-${randomUUID()}`
  await spreadQueue(redis, name, {shards, shardBy: 'f'})
  return {queue: await openQueue(redis, {name}), name}
}

async function enqueue(queue: QueueEngine, items: string[]): Promise<void> {
  const producer = await queue.openProducer({mode: 'batch', batch: 100, priority: 0})
  await addAll(producer, items).finally(() => producer.close())
}

const keyOf = (name: string, shard: number) => `queue:{${name}_shard_${shard}}`

/** Asks the nodes themselves. */
async function lyingIn(name: string, shard: number): Promise<string[]> {
  const node = await cluster.primaryOf(keyOf(name, shard))
  return (await node?.redis.zrange(keyOf(name, shard), '0', '-1')) ?? []
}

it('lies in a slot for each shard, over several nodes', async () => {
  const {queue, name} = await spread(6)
  await enqueue(queue, itemsOf(1000))
  const ports = new Set<number | undefined>()
  for (let shard = 1; shard <= 6; shard++) {
    ports.add((await cluster.primaryOf(keyOf(name, shard)))?.port)
    for (const item of await lyingIn(name, shard)) expect((crc32(JSON.parse(item).f) % 6) + 1).toBe(shard)
  }
  expect(ports.size).toBeGreaterThan(1)
  expect(await queue.depth()).toBe(1000)
  const status = await queue.shards?.status()
  expect(new Set(status?.each.map(({slot}) => slot)).size).toBe(7)
  expect(status?.each.every(({node}) => node !== null)).toBe(true)
})

it('is taken and settled, each item once, and purged and restored under one id', async () => {
  const {queue} = await spread(4)
  await enqueue(queue, itemsOf(500))
  const trash = await queue.clear()
  expect(trash?.count).toBe(500)
  expect(trash && (await queue.restore(trash, new AbortController().signal))).toBe(500)
  const taken: string[] = []
  for (let turn = 1; taken.length < 500; turn++) {
    const take = await queue.take({
      taker: '00000000-0000-4000-8000-000000000000',
      turn,
      count: 50,
      lengthMs: 60_000,
    })
    if (take.state !== 'lease') continue
    const {items} = take.lease
    for (let i = 0; i < items.count; i++) taken.push(String(items.item(i)))
    expect(await queue.settle(take.lease, {...nothing, inserted: items.count})).toBe('held')
  }
  expect(taken.sort()).toEqual(itemsOf(500).sort())
  expect(await queue.inspect()).toMatchObject({ready: 0, leases: 0, totals: {enqueued: 500, inserted: 500}})
})

it('is rebalanced between nodes while a producer adds', async () => {
  const {queue, name} = await spread(2)
  const producer = await queue.openProducer({mode: 'batch', batch: 50, priority: 0})
  await addAll(producer, itemsOf(1000).slice(0, 600))
  const other = await openQueue(redis, {name})
  const options = {waitMs: 5000, signal: new AbortController().signal, onProgress: () => {}}
  const rebalancing = other.shards?.rebalance({...options, shards: 5})
  await addAll(producer, itemsOf(1000).slice(600))
  await rebalancing
  await producer.close()
  const shards = await Promise.all([1, 2, 3, 4, 5].map((shard) => lyingIn(name, shard)))
  expect(shards.flat().sort()).toEqual(itemsOf(1000).sort())
  for (const [at, items] of shards.entries()) {
    const last = new Map<string, number>()
    for (const item of items) {
      const {f, n} = JSON.parse(item)
      expect(crc32(f) % 5).toBe(at)
      expect(n).toBe((last.get(f) ?? -1) + 1)
      last.set(f, n)
    }
  }
})

it('keeps operations that change several shards', async () => {
  const {queue} = await spread(3)
  await enqueue(queue, itemsOf(300))
  await queue.operations.create({id: 'op', action: 'purge', plan: {}})
  await queue.operations.change('op', {from: ['planned'], to: 'running'})
  const hold = await queue.operations.take('op', {runner: 'r', lengthMs: 60_000})
  if (!hold) throw new Error('expected a hold')
  await queue.clear({count: 300, kept: {trash: 'op', hold}})
  expect(await queue.operations.read('op')).toMatchObject({state: 'running', done: 300, hasTrash: true})
  await queue.operations.change('op', {from: ['running'], to: 'paused'})
  await enqueue(queue, itemsOf(30))
  const late = queue.clear({count: 30, kept: {trash: 'late', hold}})
  await expect(late).rejects.toThrow('NOTHELD')
  expect(await queue.depth()).toBe(30)
})

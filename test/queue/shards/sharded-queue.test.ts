import {execFileSync} from 'node:child_process'
import {randomUUID} from 'node:crypto'
import {afterAll, describe, expect, inject, it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import type {Letter} from '../../../src/queue/letters/letter.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {spreadQueue} from '../../../src/queue/shards/spread-queue.ts'
import {drainAll, testSink, useServers} from '../../support/context.ts'
import {addAll} from '../conformance/tested-queue.ts'

const context = useServers()
const opened: QueueEngine[] = []

afterAll(async () => {
  for (const queue of opened) await queue.destroy()
})

/** A queue of three shards, by `f`. */
async function spread(options: {isStrict?: boolean} = {}): Promise<{queue: QueueEngine; name: string}> {
  const name = `test-${randomUUID()}`
  await spreadQueue(context.redis, name, {shards: 3, shardBy: 'f', ...options})
  const queue = await openQueue(context.redis, {name})
  opened.push(queue)
  return {queue, name}
}

async function enqueue(queue: QueueEngine, items: string[]): Promise<void> {
  const producer = await queue.openProducer({mode: 'batch', batch: 100, priority: 0})
  await addAll(producer, items).finally(() => producer.close())
}

/** Items of 20 keys, numbered in the order of each key. */
const itemsOf = (count: number) =>
  Array.from({length: count}, (_, i) => `{"f":"flight ${i % 20}","n":${Math.floor(i / 20)}}`)

/** Where `itemsOf` has an item. */
const placeOf = (f: string, n: number) => 20 * n + Number(f.slice('flight '.length))

const shardKeys = (name: string) => [1, 2, 3].map((shard) => `queue:${name}_shard_${shard}`)

describe('a queue that is spread over shards', () => {
  it('holds every item once, and all of a key in one shard, in order', async () => {
    const {queue, name} = await spread()
    await enqueue(queue, itemsOf(2000))
    const shards = await Promise.all(shardKeys(name).map((key) => context.redis.zrange(key, '0', '-1')))
    expect(shards.flat().sort()).toEqual(itemsOf(2000).sort())
    const homes = new Map<string, Set<number>>()
    for (const [shard, items] of shards.entries()) {
      const last = new Map<string, number>()
      for (const item of items) {
        const {f, n} = JSON.parse(item)
        homes.set(f, (homes.get(f) ?? new Set()).add(shard))
        expect(n).toBe((last.get(f) ?? -1) + 1)
        last.set(f, n)
      }
    }
    expect([...homes.values()].every(({size}) => size === 1)).toBe(true)
    expect(new Set([...homes.values()].flatMap((one) => [...one])).size).toBe(3)
    expect(await queue.depth()).toBe(2000)
  })

  it.each(['single', 'pipeline', 'batch'] as const)(
    'gives scores of one order in all shards, which items keep when they move (%s)',
    async (mode) => {
      const {queue, name} = await spread()
      const producer = await queue.openProducer({mode, batch: 100, priority: 0})
      await addAll(producer, itemsOf(90)).finally(() => producer.close())
      const flat = await Promise.all(
        shardKeys(name).map((key) => context.redis.zrange(key, '0', '-1', 'WITHSCORES')),
      )
      const scored = flat.flatMap((shard) =>
        shard.flatMap((item, i) => (i % 2 === 0 ? [{item, score: Number(shard[i + 1])}] : [])),
      )
      const inOrder = scored.sort((a, b) => a.score - b.score).map(({item}) => JSON.parse(item))
      // A pipeline gives its scores when it is sent, shard by shard
      const runs = mode === 'pipeline' ? 3 : 1
      const turns = inOrder.filter(
        ({f, n}, i) => i > 0 && placeOf(f, n) < placeOf(inOrder[i - 1].f, inOrder[i - 1].n),
      )
      expect(turns.length).toBeLessThan(runs)
    },
  )

  it('is drained by one worker, each record once, and adds up in every shard', async () => {
    const {queue, name} = await spread()
    await context.pool.query('CREATE TABLE drained (f text, n integer)')
    await enqueue(queue, [...itemsOf(3000), '{"f":"flight 1","n":"bad"}', '{"f":"flight 2","n":"bad"}'])
    const sink = await testSink(context, 'drained')
    const tally = await drainAll(context, sink, {queue: name, keys: context.newQueue().keys})
    expect(tally).toMatchObject({inserted: 3000, deadLettered: 2})
    const {rows} = await context.pool.query('SELECT f, n FROM drained')
    expect(rows.map((row) => JSON.stringify(row)).sort()).toEqual(itemsOf(3000).sort())
    for (const shard of [1, 2, 3]) {
      const stats = await context.redis.hgetall(`stats:${name}_shard_${shard}`)
      const dead = await context.redis.zcard(`dlq:${name}_shard_${shard}`)
      expect(Number(stats.enqueued)).toBe(Number(stats.inserted) + Number(stats.already_there) + dead)
      expect(await context.redis.zcard(`queue:${name}_shard_${shard}`)).toBe(0)
    }
    expect(await queue.inspect()).toMatchObject({
      queue: name,
      ready: 0,
      leases: 0,
      deadLetters: 2,
      deadLettersByReason: {invalid: 2},
      totals: {enqueued: 3002, inserted: 3000, deadLettered: 2},
    })
  })

  it('takes what the example in Python sends, where qtool would put it', async () => {
    const {queue, name} = await spread()
    const {hostname, port, password} = new URL(inject('redisUrl'))
    const args = ['examples/shards.py', 'send', '--queue', name, '--host', hostname, '--port', port]
    const env = {...process.env, REDISCLI_AUTH: decodeURIComponent(password)}
    const input = `${itemsOf(100).join('\n')}\n`
    expect(execFileSync('python3', args, {input, env, encoding: 'utf8'})).toBe('100 added\n')
    await enqueue(queue, itemsOf(150))
    expect(await queue.depth()).toBe(150)
    expect(await context.redis.exists(`queue:${name}`)).toBe(0)
  })

  it('takes what somebody puts under its own name without asking for shards', async () => {
    const {queue, name} = await spread()
    await context.redis.zadd(`queue:${name}`, 1, '{"f":"x","n":1}')
    expect(await queue.take({taker: randomUUID(), turn: 1, count: 1, lengthMs: 1000})).toMatchObject({
      state: 'lease',
    })
  })

  it('shows the items that leave next of all shards', async () => {
    const {queue, name} = await spread()
    const keys = shardKeys(name)
    for (const [i, item] of itemsOf(60).entries()) await context.redis.zadd(keys[i % 3], i, item)
    const peeked = await queue.peek(7)
    expect(peeked.map(({payload}) => payload)).toEqual(itemsOf(7))
  })

  it('purges all shards under one id, and brings all of it back', async () => {
    const {queue, name} = await spread()
    await enqueue(queue, itemsOf(500))
    const trash = await queue.clear()
    expect(trash).toMatchObject({kind: 'ready', count: 500})
    expect(await context.redis.exists(...shardKeys(name))).toBe(0)
    const [listed, ...others] = await queue.trash()
    expect([listed, others]).toMatchObject([{id: trash?.id, count: 500}, []])
    expect(await queue.restore(listed, new AbortController().signal)).toBe(500)
    expect(await queue.depth()).toBe(500)
  })

  it('purges nothing if there are not as many items as were counted', async () => {
    const {queue} = await spread()
    await enqueue(queue, itemsOf(50))
    expect(await queue.clear({count: 49})).toBeUndefined()
    expect(await queue.depth()).toBe(50)
  })

  it('purges what a filter selects, up to a limit, from every shard', async () => {
    const {queue} = await spread()
    await enqueue(queue, itemsOf(500))
    const signal = new AbortController().signal
    const filter = await queue.itemFilter('payload.n:3', {records: ['points']})
    const options = {filter, signal, onProgress: () => {}}
    expect(await queue.countMatching(options)).toBe(20)
    expect(await queue.clearMatching({...options, limit: 15})).toMatchObject({count: 15})
    expect(await queue.countMatching(options)).toBe(5)
    expect(await queue.search({...options, limit: 100})).toMatchObject({searched: 485})
  })

  it('is paused and resumed in all shards', async () => {
    const {queue, name} = await spread()
    await enqueue(queue, itemsOf(60))
    await queue.pause()
    expect(await context.redis.exists(...[1, 2, 3].map((shard) => `paused:${name}_shard_${shard}`))).toBe(3)
    const request = {taker: randomUUID(), count: 5, lengthMs: 1000}
    expect(await queue.take({...request, turn: 1})).toMatchObject({state: 'paused', ready: 60})
    expect(await queue.pauseState()).toMatchObject({paused: true})
    expect(await queue.resume()).toBe(true)
    expect(await queue.take({taker: randomUUID(), count: 5, lengthMs: 1000, turn: 1})).toMatchObject({
      state: 'lease',
    })
  })

  it('gives no second lease of a shard while one is held, if its order is strict', async () => {
    const {queue} = await spread({isStrict: true})
    await enqueue(queue, itemsOf(600))
    const take = (turn: number) =>
      queue.take({taker: '00000000-0000-4000-8000-000000000000', turn, count: 10, lengthMs: 60_000})
    const leases = [await take(1), await take(2), await take(3)]
    expect(leases.map(({state}) => state)).toEqual(['lease', 'lease', 'lease'])
    expect(await take(4)).toMatchObject({state: 'empty', held: 3})
  })

  it('gives none either to whoever takes strictly', async () => {
    const {queue} = await spread()
    await enqueue(queue, itemsOf(600))
    const take = (turn: number) =>
      queue.take({
        taker: '00000000-0000-4000-8000-000000000000',
        turn,
        count: 10,
        lengthMs: 60_000,
        isStrict: true,
      })
    for (const turn of [1, 2, 3]) expect(await take(turn)).toMatchObject({state: 'lease'})
    expect(await take(4)).toMatchObject({state: 'empty', held: 3})
  })

  it('refuses to be spread otherwise, and to spread what exists', async () => {
    const {name} = await spread()
    await expect(spreadQueue(context.redis, name, {shards: 4})).rejects.toThrow('has 3 shards, not 4')
    await expect(spreadQueue(context.redis, name, {shardBy: 'g'})).rejects.toThrow('is spread by f, not by g')
    const plain = context.newQueue()
    await context.redis.zadd(plain.keys.ready, 1, 'x')
    await expect(spreadQueue(context.redis, plain.queue, {shards: 2})).rejects.toThrow(
      'exists and is not spread',
    )
    expect(await context.redis.exists(plain.keys.sink)).toBe(0)
  })
})

describe('the dead letters of all shards', () => {
  /** Letters of other programs, which failed one second after the other, all over the shards. */
  async function letters(count: number): Promise<{queue: QueueEngine; name: string; texts: string[]}> {
    const {queue, name} = await spread()
    const texts = Array.from({length: count}, (_, i) => `{"f":"flight ${i}","n":${i}}`)
    for (const [i, text] of texts.entries()) {
      await context.redis.zadd(`dlq:${name}_shard_${(i % 3) + 1}`, 1.7e12 + i * 1000, text)
    }
    return {queue, name, texts}
  }

  const read = async (pages: AsyncGenerator<Letter[]>) => {
    const all: string[] = []
    for await (const page of pages) all.push(...page.map(({member}) => String(member)))
    return all
  }

  it('are read oldest first, up to a limit', async () => {
    const {queue, texts} = await letters(1300)
    expect(await read(queue.letters.scan().pages())).toEqual(texts)
    expect(await read(queue.letters.scan({limit: 100}).pages())).toEqual(texts.slice(0, 100))
  })

  it('are read in windows newest first, each letter once', async () => {
    const {queue, texts} = await letters(250)
    const seen: string[] = []
    let from: string | undefined
    do {
      const window = await queue.letters.window({show: 40, most: 5000, from})
      expect(window.matched).toBe(window.letters.length)
      seen.push(...window.letters.map(({member}) => String(member)))
      from = window.next ?? undefined
    } while (from !== undefined)
    expect(seen).toEqual([...texts].reverse())
  })

  it('are found, surveyed and counted as those of one queue', async () => {
    const {queue} = await letters(100)
    const survey = await queue.letters.surveyNewest({show: 5})
    expect(survey).toMatchObject({deadLetters: 100, matched: 100, foreignDeadLetters: 100, grouped: 100})
    expect(survey.groups).toMatchObject([{letters: 100}])
    expect(survey.items.map(({payload}) => JSON.parse(payload).n)).toEqual([99, 98, 97, 96, 95])
    const [{id}] = survey.items
    expect((await queue.letters.find(id, {}))?.id).toBe(id)
    expect(await queue.letters.count()).toBe(100)
  })

  it('go back to the shard in which they are, and are removed from it, while they are read', async () => {
    const {queue, name} = await letters(1200)
    const replayer = queue.letters.replayer(Date.now())
    const scan = queue.letters.scan()
    let moved = 0
    for await (const page of scan.pages()) {
      const replayed = await replayer.replay(page)
      scan.removed(replayed.moved)
      moved += replayed.moved.length
    }
    expect(moved).toBe(1200)
    expect(await queue.letters.count()).toBe(0)
    for (const key of shardKeys(name)) expect(await context.redis.zcard(key)).toBe(400)
  })

  it('are purged at once or one by one under one id', async () => {
    const {queue} = await letters(90)
    const plan = await queue.letters.plan()
    expect(await queue.letters.clear({plan, count: 89})).toBeUndefined()
    expect(await queue.letters.clear({plan, count: 90})).toMatchObject({kind: 'dead', count: 90})
    const [trash] = await queue.trash()
    expect(await queue.restore(trash, new AbortController().signal)).toBe(90)
    const pages = queue.letters.scan().pages()
    const first = (await pages.next()).value as Letter[]
    expect(await queue.letters.discard('some', first.slice(0, 10))).toBe(10)
    expect(await queue.letters.discard('some', first.slice(10, 15))).toBe(15)
    expect(await queue.letters.count()).toBe(75)
  })
})

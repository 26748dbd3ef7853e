import {randomUUID} from 'node:crypto'
import type {Redis} from 'ioredis'
import {it} from 'vitest'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import type {Abilities, EngineKind} from '../../../src/queue/kinds.ts'
import type {Take} from '../../../src/queue/lease.ts'
import type {Letter} from '../../../src/queue/letters/letter.ts'
import {type Replayed, Replayer} from '../../../src/queue/letters/replay.ts'
import type {LuaEngine} from '../../../src/queue/lua-engine.ts'
import type {Producer, ProducerOptions} from '../../../src/queue/producer.ts'
import {type QueueKeys, queueKeys} from '../../../src/redis/keys.ts'
import {type KeyLayout, layoutOf} from '../../../src/redis/route.ts'
import {type Reach, type TestContext, useServers} from '../../support/context.ts'

/**
 * An engine, and what a test needs to look at its items behind its back. Leases, dead letters, counters and trash are
 * kept in the same keys by every engine.
 */
export interface EngineUnderTest {
  kind: EngineKind
  /** Tests of what the engine cannot do are skipped. */
  can: Abilities
  lua: LuaEngine
  open(redis: Redis, name: string): QueueEngine
  /** The keys in which its items are; those of a queue of its name if left out. */
  keysOf?(name: string, layout: KeyLayout): QueueKeys
  /** Adds items as another program would; they leave in this order. */
  push(redis: Redis, keys: QueueKeys, items: Array<string | Buffer>): Promise<unknown>
  /** The ready items, in the order in which they leave. */
  ready(redis: Redis, keys: QueueKeys): Promise<Buffer[]>
  /** The items of a lease, in that order. */
  leased(redis: Redis, keys: QueueKeys, id: string): Promise<Buffer[]>
  /** Takes up to `count` ready items out of Redis, as another program would. */
  pop(redis: Redis, keys: QueueKeys, count: number): Promise<Buffer[]>
  /** Removes the items of a lease, as somebody might. */
  lose(redis: Redis, keys: QueueKeys, id: string): Promise<unknown>
}

/** What the groups of tests share. */
export interface EngineTests {
  context: TestContext
  can: Abilities
  /** `it` for what only some engines can do. */
  itIfCan(ability: keyof Abilities): ReturnType<typeof it.skipIf>
  /** A queue that nobody else uses, with these items. */
  queueOf(...items: Array<string | Buffer>): Promise<TestedQueue>
  /** A queue over another connection, or on another server. */
  queueAt(redis: Redis, name?: string): TestedQueue
}

export function useEngine(under: EngineUnderTest, reach?: Reach): EngineTests {
  const context = useServers(reach)
  const queueAt = (redis: Redis, name = context.newQueue().queue) => new TestedQueue(under, redis, name)
  return {
    context,
    can: under.can,
    itIfCan: (ability) => it.skipIf(!under.can[ability]),
    async queueOf(...items) {
      const queue = queueAt(context.redis)
      await queue.push(...items)
      return queue
    },
    queueAt,
  }
}

/** A queue of the engine under test. */
export class TestedQueue {
  readonly name: string
  readonly keys: QueueKeys
  readonly engine: QueueEngine
  readonly #under: EngineUnderTest
  readonly #redis: Redis

  constructor(under: EngineUnderTest, redis: Redis, name: string) {
    this.#under = under
    this.#redis = redis
    this.name = name
    this.keys = (under.keysOf ?? queueKeys)(name, layoutOf(redis))
    this.engine = under.open(redis, name)
  }

  take(count: number, lengthMs = 60_000, taker: string = randomUUID(), turn = 1): Promise<Take> {
    return this.engine.take({taker, turn, count, lengthMs})
  }

  openProducer(options: Partial<ProducerOptions> = {}): Promise<Producer> {
    return this.engine.openProducer({mode: 'batch', batch: 10, priority: 0, ...options})
  }

  async push(...items: Array<string | Buffer>): Promise<void> {
    if (items.length > 0) await this.#under.push(this.#redis, this.keys, items)
  }

  async ready(): Promise<string[]> {
    return (await this.readyBytes()).map(String)
  }

  readyBytes(): Promise<Buffer[]> {
    return this.#under.ready(this.#redis, this.keys)
  }

  async leased(id: string): Promise<string[]> {
    return (await this.#under.leased(this.#redis, this.keys, id)).map(String)
  }

  async pop(count: number): Promise<string[]> {
    return (await this.#under.pop(this.#redis, this.keys, count)).map(String)
  }

  /** Removes the items of a lease. */
  async lose(id: string): Promise<void> {
    await this.#under.lose(this.#redis, this.keys, id)
  }

  /** Lets the deadline of a lease pass. */
  async expire(id: string): Promise<void> {
    await this.#redis.zadd(this.keys.leases, 'XX', 1, id)
  }

  /** When a lease becomes visible, ms since 1970. */
  async deadline(id: string): Promise<number> {
    return Number(await this.#redis.zscore(this.keys.leases, id))
  }

  /** Removes the deadlines of all leases, as somebody who deletes a key might. */
  async loseDeadlines(): Promise<void> {
    await this.#redis.del(this.keys.leases)
  }

  /** Puts the items of dead letters back. @param run id of the run that watches them */
  replay(letters: Letter[], run?: string): Promise<Replayed> {
    const book = {redis: this.#redis, keys: this.keys, engine: this.#under.lua}
    return new Replayer(book, Date.now()).replay(letters, run)
  }

  /** The dead letters as they lie in Redis, oldest first. */
  letters(): Promise<string[]> {
    return this.#redis.zrange(this.keys.dead, '0', '-1')
  }

  counters(): Promise<Record<string, string>> {
    return this.#stats((field) => !field.startsWith('recent:'))
  }

  /** What the counters were at some moments, oldest first: in, out, refused, ready. */
  async notes(): Promise<string[][]> {
    const notes = Object.values(await this.#stats((field) => field.startsWith('recent:')))
    return notes.sort().map((note) => note.split(' ').slice(1))
  }

  async #stats(isWanted: (field: string) => boolean): Promise<Record<string, string>> {
    const stats = Object.entries(await this.#redis.hgetall(this.keys.stats))
    return Object.fromEntries(stats.filter(([field]) => isWanted(field)))
  }
}

/** Adds all items and waits for every reply. */
export async function addAll(producer: Producer, items: Array<string | Buffer>): Promise<void> {
  for (const item of items) {
    const bytes = Buffer.concat([Buffer.from('<<'), Buffer.from(item), Buffer.from('>>')])
    await producer.add(bytes, 2, bytes.length - 2)
  }
  await producer.finish()
}

/**
 * Lets a client send as many scripts, and fail at every later one, as if its process had died.
 * @returns ends that
 */
export function failAfter(redis: Redis, scripts: number): () => void {
  let sent = 0
  const names = ['eval', 'evalBuffer', 'evalsha', 'evalshaBuffer']
  for (const name of names) {
    const send = Reflect.get(redis, name).bind(redis)
    const value = (...args: unknown[]) => {
      if (++sent > scripts) throw new Error('cut')
      return send(...args)
    }
    Object.defineProperty(redis, name, {value, configurable: true})
  }
  return () => {
    for (const name of names) Reflect.deleteProperty(redis, name)
  }
}

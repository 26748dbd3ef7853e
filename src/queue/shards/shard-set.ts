import type {Redis} from 'ioredis'
import type {Durability} from '../../config/durability.ts'
import {type QueueKeys, queueKeys} from '../../redis/keys.ts'
import {clientFor, layoutOf} from '../../redis/route.ts'
import {composeQueue} from '../compose-queue.ts'
import type {QueueEngine} from '../engine.ts'
import type {OpenedBook} from '../engine-calls.ts'
import {readHome} from '../home.ts'
import {ZSET} from '../zset/zset.ts'
import {type ShardMap, shardMapOf, shardName} from './shard-map.ts'

/** How old a map may be before it is read again, ms: so long a new shard may go unserved by those who run already. */
const FRESH_MS = 1000

/** A part of a queue: a shard, or the queue's own keys, to which a producer that knows no shards may still write. */
export interface Member {
  /** 0 for the queue's own keys. */
  shard: number
  redis: Redis
  keys: QueueKeys
  queue: QueueEngine
  book: OpenedBook
}

/** The parts of one queue. */
export class ShardSet {
  readonly name: string
  readonly home: Member
  readonly #redis: Redis
  readonly #members: Member[]
  #map: ShardMap
  #readAt = performance.now()

  private constructor(redis: Redis, home: Member, map: ShardMap) {
    this.name = home.queue.name
    this.home = home
    this.#redis = redis
    this.#members = [home]
    this.#map = map
  }

  /** @param home the queue's own keys */
  static open(
    redis: Redis,
    home: Omit<Member, 'shard' | 'book'>,
    map: ShardMap,
    durability?: Durability,
  ): ShardSet {
    const book = bookOf(home.redis, home.keys, durability)
    return new ShardSet(redis, {...home, shard: 0, book}, map)
  }

  /** The map as it was last read. */
  get map(): ShardMap {
    return this.#map
  }

  /**
   * All parts that may hold something, the queue's own keys first. The map is read again beside the call once it is old:
   * while the server that has it is away, the shards on others are worked on by the map that is known.
   */
  async members(): Promise<readonly Member[]> {
    if (performance.now() - this.#readAt > FRESH_MS) void this.refresh().catch(() => {})
    const {served} = this.#map
    await this.open(served)
    return this.#members.slice(0, served + 1)
  }

  /** Reads the map again. */
  async refresh(): Promise<ShardMap> {
    this.#readAt = performance.now()
    const map = shardMapOf(this.name, await readHome(this.home.redis, this.home.keys))
    if (map) this.#map = map
    return this.#map
  }

  /** The members up to this shard. */
  async open(shards: number): Promise<readonly Member[]> {
    while (this.#members.length <= shards) {
      const shard = this.#members.length
      const opened = await this.#open(shard)
      // Another call may have been faster
      this.#members[shard] ??= opened
    }
    return this.#members.slice(1, shards + 1)
  }

  async #open(shard: number): Promise<Member> {
    const name = shardName(this.name, shard)
    const keys = queueKeys(name, layoutOf(this.#redis))
    const redis = await clientFor(this.#redis, keys.ready)
    const {durability} = this.home.book
    return {
      shard,
      redis,
      keys,
      book: bookOf(redis, keys, durability),
      queue: composeQueue({redis, name, keys, engine: ZSET, durability}),
    }
  }
}

/** Only sorted sets are spread. */
function bookOf(redis: Redis, keys: QueueKeys, durability?: Durability): OpenedBook {
  return {redis, keys, engine: ZSET.lua, calls: ZSET.calls, durability}
}

/** Calls something of every member at the same time. */
export async function ofEach<T>(
  set: ShardSet,
  call: (queue: QueueEngine, member: Member) => Promise<T>,
): Promise<T[]> {
  return Promise.all((await set.members()).map((member) => call(member.queue, member)))
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, one) => all + one, 0)
}

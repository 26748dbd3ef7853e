import {setMaxListeners} from 'node:events'
import type {Mark, Producer, ProducerOptions} from '../producer.ts'
import type {Enqueuer} from '../sending/enqueuer.ts'
import type {ShardGuard, UnsentItem} from '../sending/shipment.ts'
import {openEnqueuer, type Scoring, startScoring} from '../zset/open-enqueuer.ts'
import {shardOf} from './placement.ts'
import type {ShardSet} from './shard-set.ts'
import {sum} from './shard-set.ts'

/**
 * Puts each item into its shard, over one connection for each. Every chunk says which map of the shards its items were
 * placed by, and a shard refuses one that is out of date. Then the map is read again, and what was refused or not sent yet
 * is placed again, in its order, before anything else is sent.
 */
export class ShardedProducer implements Producer {
  /** Shards are sorted sets. */
  readonly collapses = true
  readonly #set: ShardSet
  readonly #options: ProducerOptions
  readonly #guard: ShardGuard
  readonly #failed = new AbortController()
  #shards: Enqueuer[] = []
  #recordsPerItem = 1
  /** How often items were placed again: marks from before say nothing then. */
  #placements = 0
  #placing: Promise<void> | undefined
  #scoring: Scoring | undefined

  private constructor(set: ShardSet, options: ProducerOptions) {
    this.#set = set
    this.#options = options
    this.#guard = {epoch: set.map.epoch, isStale: false}
  }

  static async open(set: ShardSet, options: ProducerOptions): Promise<ShardedProducer> {
    // Every shard listens to it
    if (options.signal) setMaxListeners(0, options.signal)
    const producer = new ShardedProducer(set, options)
    await producer.#follow()
    return producer
  }

  get recordsPerItem(): number {
    return this.#recordsPerItem
  }

  set recordsPerItem(records: number) {
    this.#recordsPerItem = records
    for (const shard of this.#shards) shard.recordsPerItem = records
  }

  get items(): number {
    return sum(this.#shards.map(({items}) => items))
  }

  get added(): number {
    return sum(this.#shards.map(({added}) => added))
  }

  get duplicates(): number {
    return sum(this.#shards.map(({duplicates}) => duplicates))
  }

  get pending(): number {
    return sum(this.#shards.map(({pending}) => pending))
  }

  get unconfirmed(): number {
    return sum(this.#shards.map(({unconfirmed}) => unconfirmed))
  }

  get chunks(): number {
    return sum(this.#shards.map(({chunks}) => chunks))
  }

  get held(): number {
    return sum(this.#shards.map(({held}) => held))
  }

  mark(how: {isHolding: boolean}): Mark {
    return [this.#placements, ...this.#shards.flatMap((shard) => shard.mark(how))]
  }

  hasSettled([placements, ...chunks]: Mark): boolean {
    return placements === this.#placements && chunks.every((chunk, i) => this.#shards[i].hasSettled([chunk]))
  }

  get failed(): AbortSignal {
    return this.#failed.signal
  }

  synchronize(): Promise<void> | undefined {
    const reading = this.#shards.flatMap((shard) => shard.synchronize() ?? [])
    return reading.length > 0 ? Promise.all(reading).then(() => {}) : undefined
  }

  add(bytes: Buffer, start: number, end: number): Promise<void> | undefined {
    if (this.#placing || this.#guard.isStale)
      return this.#placeAnew().then(() => this.#add(bytes, start, end))
    return this.#add(bytes, start, end)
  }

  #add(bytes: Buffer, start: number, end: number): Promise<void> | undefined {
    const at = shardOf(bytes.subarray(start, end), this.#set.map)
    return this.#shards[at - 1].add(bytes, start, end)
  }

  async flush(): Promise<void> {
    await this.#placeAnew()
    await Promise.all(this.#shards.map((shard) => shard.flush()))
  }

  async finish(): Promise<void> {
    do {
      await this.#placeAnew()
      await Promise.all(this.#shards.map((shard) => shard.finish()))
    } while (this.#guard.isStale)
  }

  async depth(): Promise<number> {
    return sum(await Promise.all(this.#shards.map((shard) => shard.depth())))
  }

  async close(): Promise<void> {
    await Promise.all(this.#shards.map((shard) => shard.close()))
  }

  /** Places everything again that was refused or not sent yet, until no shard refuses it. */
  async #placeAnew(): Promise<void> {
    while (this.#guard.isStale) {
      this.#placing ??= this.#once().finally(() => {
        this.#placing = undefined
      })
      await this.#placing
    }
  }

  async #once(): Promise<void> {
    this.#placements++
    const left: UnsentItem[] = []
    for (const shard of this.#shards) left.push(...(await shard.takeBack()))
    await this.#follow()
    const {recordsPerItem} = this
    for (const {item, records} of left) {
      if (records !== this.recordsPerItem) {
        await Promise.all(this.#shards.map((shard) => shard.flush()))
        this.recordsPerItem = records
      }
      await this.#add(item, 0, item.length)
    }
    if (recordsPerItem !== this.recordsPerItem) {
      await Promise.all(this.#shards.map((shard) => shard.flush()))
      this.recordsPerItem = recordsPerItem
    }
  }

  /** Reads the map, and opens what is new in it. */
  async #follow(): Promise<void> {
    const {shards, epoch} = await this.#set.refresh()
    this.#guard.epoch = epoch
    this.#guard.isStale = false
    for (const {book} of (await this.#set.open(shards)).slice(this.#shards.length)) {
      this.#scoring ??= await startScoring(book.redis, this.#options.priority)
      const shared = {guard: this.#guard, scoring: this.#scoring}
      const shard = await openEnqueuer(book, this.#options, shared)
      shard.recordsPerItem = this.#recordsPerItem
      shard.failed.addEventListener('abort', () => this.#failed.abort())
      this.#shards.push(shard)
    }
  }
}

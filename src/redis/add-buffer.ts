import type {ChainableCommander, Redis} from 'ioredis'
import {BulkBuffer, type ScoreWriter} from './bulk-buffer.ts'

/** One command that adds items to a key. */
export abstract class AddBuffer {
  members = 0
  protected readonly bulk: BulkBuffer
  readonly #command: string
  readonly #key: string
  readonly #words: readonly string[]
  /** Arguments of the command for each item. */
  readonly #each: number
  #first = {size: 0, length: 0}

  protected constructor(
    command: string,
    key: string,
    {words, each, size}: {words: readonly string[]; each: number; size?: number},
  ) {
    this.bulk = new BulkBuffer(size)
    this.#command = command
    this.#key = key
    this.#words = words
    this.#each = each
  }

  /** Bytes of the items so far. */
  get size(): number {
    return this.bulk.size
  }

  clear(): void {
    this.bulk.clear()
    this.members = 0
  }

  /** A copy of the first item. */
  first(): Buffer {
    return this.bulk.argument(this.#first.size, this.#first.length)
  }

  /** Copies of all items. */
  all(): Buffer[] {
    const each = this.#each
    return this.bulk.all(this.members * each).filter((_, i) => (i + 1) % each === 0)
  }

  /** Adds the command to a pipeline or transaction. */
  addTo(transaction: ChainableCommander): void {
    // The types of ioredis omit that a pipeline takes commands as a client does
    const pipeline = transaction as ChainableCommander & Pick<Redis, 'sendCommand'>
    const {members} = this
    void pipeline.sendCommand(this.bulk.command(this.#command, this.#key, members * this.#each, this.#words))
  }

  /** Adds the item `source[start..end]`. */
  protected addItem(source: Buffer, start: number, end: number): void {
    this.bulk.add(source, start, end)
    if (this.members === 0) this.#first = {size: this.bulk.size, length: end - start}
    this.members++
  }
}

/** One `ZADD key NX score member …`; its reply is the number of members that were not there yet. */
export class ZaddBuffer extends AddBuffer {
  constructor(key: string, size?: number) {
    super('zadd', key, {words: ['NX'], each: 2, size})
  }

  /** Adds the member `source[start..end]` with the next score. */
  add(score: ScoreWriter, source: Buffer, start: number, end: number): void {
    this.bulk.addScore(score)
    this.addItem(source, start, end)
  }
}

/** One `LPUSH key item …` or `RPUSH key item …`; its reply is the length of the list. */
export class PushBuffer extends AddBuffer {
  constructor(command: 'lpush' | 'rpush', key: string) {
    super(command, key, {words: [], each: 1})
  }

  /** Adds the item `source[start..end]`. */
  add(source: Buffer, start: number, end: number): void {
    this.addItem(source, start, end)
  }
}

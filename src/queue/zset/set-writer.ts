import type {ChainableCommander} from 'ioredis'
import {ZaddBuffer} from '../../redis/add-buffer.ts'
import type {Chunk, ItemWriter} from '../sending/chunk.ts'
import type {ScoreClock} from './score.ts'

/** Puts items into a sorted set, scored in the order in which they come. @param key of the sorted set */
export function setWriter(key: string, clock: ScoreClock): ItemWriter {
  return {
    newChunk: () => new ScoredChunk(key, clock),
    singly(items) {
      clock.advance()
      const scored = items.map((item) => ({score: nextScore(clock), item}))
      return (transaction) => {
        for (const {score, item} of scored) transaction.zadd(key, 'NX', score, item)
      }
    },
  }
}

class ScoredChunk implements Chunk {
  readonly #clock: ScoreClock
  readonly #buffer: ZaddBuffer

  constructor(key: string, clock: ScoreClock) {
    this.#clock = clock
    this.#buffer = new ZaddBuffer(key)
  }

  get members(): number {
    return this.#buffer.members
  }

  get size(): number {
    return this.#buffer.size
  }

  add(source: Buffer, start: number, end: number): void {
    if (this.#buffer.members === 0) this.#clock.advance()
    this.#buffer.add(this.#clock, source, start, end)
  }

  first(): Buffer {
    return this.#buffer.first()
  }

  all(): Buffer[] {
    return this.#buffer.all()
  }

  clear(): void {
    this.#buffer.clear()
  }

  addTo(transaction: ChainableCommander): void {
    this.#buffer.addTo(transaction)
  }
}

function nextScore(clock: ScoreClock): string {
  const text = Buffer.alloc(clock.length)
  clock.write(text, 0)
  return text.toString('latin1')
}

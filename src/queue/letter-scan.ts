import type {Redis} from 'ioredis'
import {Letter} from './letter.ts'
import {failedInTime, type LetterFilter, matchesFilter} from './letter-filter.ts'

/** Most members of one call: each stays far below a millisecond of Redis's time... */
const PAGE = 500
/** ...also where letters are large, about. */
const PAGE_BYTES = 1024 * 1024

/**
 * Reads the dead letters of a queue that a filter means, oldest first, page by page in bounded memory.
 * Whoever takes letters away while it runs says so with `removed`, so that none is stepped over.
 */
export class LetterScan {
  readonly #redis: Redis
  readonly #key: string
  readonly #filter: LetterFilter
  #rank = 0
  #size = 50
  #found = 0

  constructor(redis: Redis, key: string, filter: LetterFilter = {}) {
    this.#redis = redis
    this.#key = key
    this.#filter = filter
  }

  /** `count` of the letters handed out are not in the set any more. */
  removed(count: number): void {
    this.#rank -= count
  }

  /**
   * Pages of letters that the filter means; a page may be empty. The next one is asked for before a page is handed
   * out: Redis answers in order, so its ranks are those from before anybody takes letters of this page away.
   */
  async *pages(): AsyncGenerator<Letter[]> {
    const {limit = Number.POSITIVE_INFINITY} = this.#filter
    let size = this.#size
    let reading = this.#read(size)
    while (this.#found < limit) {
      const reply = await reading
      const count = reply.length / 2
      const ended = count < size
      this.#rank += count
      this.#learn(reply, count)
      const letters = this.#meant(reply).slice(0, limit - this.#found)
      this.#found += letters.length
      size = this.#size
      if (!ended && this.#found < limit) reading = this.#read(size)
      yield letters
      if (ended) return
    }
  }

  #read(size: number): Promise<Buffer[]> {
    const last = String(this.#rank + size - 1)
    const reply = this.#redis.zrangeBuffer(this.#key, String(this.#rank), last, 'WITHSCORES')
    // Nobody waits for it any more where the reader has left the loop
    reply.catch(() => {})
    return reply
  }

  #meant(reply: Buffer[]): Letter[] {
    const letters: Letter[] = []
    for (let i = 0; i + 1 < reply.length; i += 2) {
      const score = Number(reply[i + 1].toString())
      if (!failedInTime(this.#filter, score)) continue
      const letter = new Letter(reply[i], score)
      if (matchesFilter(this.#filter, letter)) letters.push(letter)
    }
    return letters
  }

  #learn(reply: Buffer[], count: number): void {
    if (count === 0) return
    const bytes = reply.reduce((sum, part) => sum + part.length, 0)
    this.#size = Math.max(1, Math.min(PAGE, Math.floor((PAGE_BYTES * count) / bytes)))
  }
}

/** The dead letter with an id; undefined where there is none. */
export async function findLetter(redis: Redis, key: string, id: string): Promise<Letter | undefined> {
  for await (const [letter] of new LetterScan(redis, key, {ids: new Set([id]), limit: 1}).pages()) {
    if (letter) return letter
  }
  return undefined
}

/** ms since 1970 by the clock of Redis. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Number(micros) / 1000
}

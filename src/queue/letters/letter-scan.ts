import type {Redis} from 'ioredis'
import {keepMemoryFlat} from '../../memory.ts'
import {Letter} from './letter.ts'
import {failedInTime, type LetterFilter, matchesFilter} from './letter-filter.ts'
import {type Cursor, endOf, readPage, type Scored, startOf} from './letter-page.ts'
import {cameLater} from './letter-plan.ts'
import {scoreRanges} from './letter-range.ts'
import type {ScoreRange} from './letter-time.ts'

/**
 * Reads the dead letters of a queue that a filter means, oldest first, page by page in bounded memory.
 * Whoever takes letters away while it runs says so with `removed`, so that none is stepped over. Others may do the
 * same meanwhile: only of letters with the very score it has come to can it then step over one.
 */
export class LetterScan {
  /** Letters read so far, meant or not. */
  read = 0
  /** Letters left alone because they came in after the plan of the filter. */
  later = 0
  readonly #redis: Redis
  readonly #key: string
  readonly #filter: LetterFilter
  #cursor: Cursor = {score: 0, skip: 0}
  #found = 0

  constructor(redis: Redis, key: string, filter: LetterFilter = {}) {
    this.#redis = redis
    this.#key = key
    this.#filter = filter
  }

  /** These letters of the page handed out last are not in the set any more. */
  removed(letters: Letter[]): void {
    const {score} = this.#cursor
    for (const letter of letters) if (letter.score === score) this.#cursor.skip--
  }

  /** Pages of letters that the filter means; a page may be empty. */
  async *pages(): AsyncGenerator<Letter[]> {
    for (const range of scoreRanges(this.#filter)) {
      yield* this.#within(range)
      if (this.#isDone) return
    }
  }

  /**
   * The next page is asked for before one is handed out: Redis answers in order, so it is read before anybody takes
   * letters of this page away. Where the connection broke in between, the driver may have asked once more behind calls
   * that did: that page does not fit the cursor, and is asked for again now that they are counted.
   */
  async *#within(range: ScoreRange): AsyncGenerator<Letter[]> {
    this.#cursor = startOf(range, 'up')
    let reading = this.#read(range)
    for (;;) {
      let {page, isCertain} = await reading
      while (!isCertain) ({page, isCertain} = await this.#read(range))
      if (page.length === 0) return
      this.read += page.length
      this.#cursor = endOf(page, this.#cursor)
      const letters = this.#meant(page)
      if (!this.#isDone) reading = this.#read(range)
      yield letters
      if (this.#isDone) return
    }
  }

  get #isDone(): boolean {
    return this.#found >= (this.#filter.limit ?? Number.POSITIVE_INFINITY)
  }

  /** `isCertain`: by the connection that it was asked for on, so that nothing came in between. */
  #read(range: ScoreRange): Promise<{page: Scored[]; isCertain: boolean}> {
    const socket = this.#redis.stream
    const reply = readPage(this.#redis, this.#key, this.#cursor, range, {order: 'up'}).then((page) => ({
      page,
      isCertain: this.#redis.stream === socket,
    }))
    // If the reader has left the loop, nothing else handles a rejection of this reply
    reply.catch(() => {})
    return reply
  }

  #meant(page: Scored[]): Letter[] {
    const letters: Letter[] = []
    const {plan} = this.#filter
    for (const {member, score} of page) {
      if (!failedInTime(this.#filter, score)) continue
      const letter = new Letter(member, score, this.#filter.records)
      if (!matchesFilter(this.#filter, letter)) continue
      if (plan && cameLater(plan, letter)) {
        this.later++
        continue
      }
      letters.push(letter)
      this.#found++
      if (this.#isDone) break
    }
    return letters
  }
}

/** How many dead letters a filter means. */
export async function countLetters(
  redis: Redis,
  key: string,
  options: {filter: LetterFilter; onProgress?: (read: number) => void; signal?: AbortSignal},
): Promise<number> {
  const scan = new LetterScan(redis, key, options.filter)
  let count = 0
  for await (const letters of scan.pages()) {
    count += letters.length
    options.onProgress?.(scan.read)
    if (options.signal?.aborted) break
  }
  return count
}

/** An id that tells the time: of a lease, or of another program's letter. */
const TIMED_ID = /^([0-9a-z]{8})-(?:[0-9a-f]{8}-.*:\d|[0-9a-f]{16}$)/

/**
 * The dead letter with an id; undefined where there is none. An id that tells the time leads to the letter. All
 * letters are read for any other, and where somebody has given the letter another score.
 * @param onProgress told how many letters were read where that is necessary
 */
export async function findLetter(
  redis: Redis,
  key: string,
  id: string,
  records?: readonly string[],
  onProgress?: (read: number) => void,
): Promise<Letter | undefined> {
  keepMemoryFlat()
  const told = TIMED_ID.exec(id)
  const ms = told ? Number.parseInt(told[1], 36) : undefined
  const filter = {ids: new Set([id]), limit: 1, records}
  if (ms !== undefined) {
    const near = new LetterScan(redis, key, {...filter, sinceMs: ms, beforeMs: ms + 1})
    for await (const [letter] of near.pages()) if (letter) return letter
  }
  const scan = new LetterScan(redis, key, filter)
  for await (const [letter] of scan.pages()) {
    if (letter) return letter
    onProgress?.(scan.read)
  }
  return undefined
}

/** ms since 1970 by the clock of Redis. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Number(micros) / 1000
}

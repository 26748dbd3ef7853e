import type {Redis} from 'ioredis'
import {keepMemoryFlat} from '../../memory.ts'
import type {Letter} from './letter.ts'
import {failedInTime, type LetterFilter, lettersOf, matchesFilter} from './letter-filter.ts'
import {rangesBeside, rangesOfIds} from './letter-ids.ts'
import {type Cursor, endOf, readPage, type Scored, startOf} from './letter-page.ts'
import {cameLater} from './letter-plan.ts'
import {scoreRanges} from './letter-range.ts'
import type {ScoreRange} from './letter-time.ts'

/**
 * Reads the dead letters of a queue that a filter selects, oldest first, page by page in bounded memory. A caller
 * that removes letters while it runs reports them with `removed`, so that none is skipped. If others remove letters
 * meanwhile, it can skip only letters with exactly the score that it has reached.
 */
export class LetterScan {
  /** Letters read so far, selected or not. */
  read = 0
  /** Letters left alone because they came in after the plan of the filter. */
  later = 0
  readonly #redis: Redis
  readonly #key: string
  readonly #filter: LetterFilter
  readonly #madeBy: MadeBy | undefined
  /** Ids that are being looked for. */
  #ids: ReadonlySet<string> | undefined
  readonly #seenIds = new Set<string>()
  #cursor: Cursor = {score: 0, skip: 0}
  #found = 0

  /** @param madeBy tells which letters an edit has made, for a filter that leaves those out */
  constructor(redis: Redis, key: string, filter: LetterFilter = {}, madeBy?: MadeBy) {
    this.#madeBy = madeBy
    this.#redis = redis
    this.#key = key
    this.#filter = filter
    this.#ids = filter.ids
  }

  /** Reports letters of the latest page that are no longer in the set. */
  removed(letters: Letter[]): void {
    const {score} = this.#cursor
    for (const letter of letters) if (letter.score === score) this.#cursor.skip--
  }

  /**
   * Pages of letters that the filter selects; a page may be empty. Letters with ids are first looked for at the
   * scores that the ids name, and elsewhere only if they are not found there.
   */
  async *pages(): AsyncGenerator<Letter[]> {
    const {ids} = this.#filter
    const all = scoreRanges(this.#filter)
    if (!ids) return yield* this.#across(all)
    yield* this.#across(rangesOfIds(ids))
    if (this.#isDone) return
    this.#ids = new Set([...ids].filter((id) => !this.#seenIds.has(id)))
    const beside = rangesBeside(this.#ids, all)
    // Every letter counts once
    if (beside === all) this.read = 0
    yield* this.#across(beside)
  }

  async *#across(ranges: ScoreRange[]): AsyncGenerator<Letter[]> {
    for (const range of ranges) {
      yield* this.#within(range)
      if (this.#isDone) return
    }
  }

  /**
   * The next page is requested before the current one is yielded: Redis answers in order, so it is read before the
   * caller removes letters of the current page. If the connection broke in between, the driver may have repeated the
   * request after calls that removed letters: then that page does not fit the cursor, and is requested again with the
   * removals counted.
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
      const letters = this.#meant(await this.#notEdited(await lettersOf(page, this.#filter)))
      if (!this.#isDone) reading = this.#read(range)
      yield letters
      if (this.#isDone) return
    }
  }

  get #isDone(): boolean {
    return this.#found >= (this.#filter.limit ?? Number.POSITIVE_INFINITY)
  }

  /** `isCertain`: the reply came over the connection of the request, so that no other call came in between. */
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

  async #notEdited(letters: Letter[]): Promise<Letter[]> {
    const {notOfEdit} = this.#filter
    if (notOfEdit === undefined || !this.#madeBy) return letters
    const isMade = await this.#madeBy(notOfEdit, letters)
    return letters.filter((_, i) => !isMade[i])
  }

  #meant(page: readonly Letter[]): Letter[] {
    const letters: Letter[] = []
    const {plan} = this.#filter
    for (const letter of page) {
      if (!this.#isNamed(letter) || !failedInTime(this.#filter, letter.score)) continue
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

  /** Whether it has one of the ids. A letter has to be parsed for its id, so the id is read only if ids are given. */
  #isNamed(letter: Letter): boolean {
    if (!this.#ids) return true
    if (!this.#ids.has(letter.id)) return false
    this.#seenIds.add(letter.id)
    return true
  }
}

/** For each letter whether the edit with a trash has made it. */
export type MadeBy = (trash: string, letters: readonly Letter[]) => Promise<boolean[]>

/** Reads the dead letters that a filter selects, wherever they are. */
export type LetterPages = Pick<LetterScan, 'read' | 'later' | 'pages' | 'removed'>

/** How many dead letters a filter selects. */
export async function countLetters(
  redis: Redis,
  key: string,
  options: {
    filter: LetterFilter
    onProgress?: (read: number, matched: number) => void
    /** Is given all of them, page by page. */
    onLetters?: (letters: readonly Letter[]) => void
    signal?: AbortSignal
  },
): Promise<number> {
  const scan = new LetterScan(redis, key, options.filter)
  let count = 0
  for await (const letters of scan.pages()) {
    count += letters.length
    options.onLetters?.(letters)
    options.onProgress?.(scan.read, count)
    if (options.signal?.aborted) break
  }
  return count
}

/**
 * The dead letter with an id; undefined if there is none.
 * @param onProgress called with the number of letters read, if the id does not lead to the letter
 */
export async function findLetter(
  redis: Redis,
  key: string,
  id: string,
  records?: readonly string[],
  onProgress?: (read: number) => void,
): Promise<Letter | undefined> {
  keepMemoryFlat()
  const scan = new LetterScan(redis, key, {ids: new Set([id]), limit: 1, records})
  for await (const [letter] of scan.pages()) {
    if (letter) return letter
    onProgress?.(scan.read)
  }
  return undefined
}

/** The time by the clock of Redis, ms since 1970. */
export async function redisNow(redis: Redis): Promise<number> {
  const [seconds, micros] = await redis.time()
  return Number(seconds) * 1000 + Number(micros) / 1000
}

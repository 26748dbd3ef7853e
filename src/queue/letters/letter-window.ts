import type {Redis} from 'ioredis'
import {usageError} from '../../errors.ts'
import type {Letter} from './letter.ts'
import {failedInTime, type LetterFilter, lettersOf, matchesFilter} from './letter-filter.ts'
import {GroupCounter, type LetterGroup} from './letter-groups.ts'
import {type Cursor, endOf, readPage, startOf} from './letter-page.ts'
import {parseScore} from './letter-range.ts'
import {type ScoreRange, timedRanges, untimedRanges} from './letter-time.ts'

/** A part of the dead letters of a queue, newest first, read in a time that does not grow with the queue. */
export interface LetterWindow {
  /** Those that the filter selects. */
  letters: Letter[]
  /** All that were selected, and not only those above, by reason and error. */
  groups: LetterGroup[]
  matched: number
  /** Letters that were read, selected or not. */
  read: number
  /** Where to go on with the rest; null if there is none. */
  next: string | null
}

export interface WindowOptions {
  filter?: LetterFilter
  /** `next` of the window before; from the newest letter on if left out. */
  from?: string
  /** Most letters to return; the window ends where the last of them was found. */
  show: number
  /** Most letters to read. */
  most: number
}

interface Place {
  /** Index of the range. */
  at: number
  cursor: Cursor
}

/**
 * Reads some of the letters that a filter selects. Letters that come in or go meanwhile are neither read twice nor
 * skipped, but for those with exactly the score at which a window ends.
 * @throws QtoolError (usage) for a place that is none
 */
export async function readWindow(redis: Redis, key: string, options: WindowOptions): Promise<LetterWindow> {
  const {filter = {}, show, most} = options
  const ranges = rangesOf(filter)
  const window = new Window(filter, show)
  let place: Place | undefined = options.from === undefined ? startAt(ranges, 0) : parsePlace(options.from)
  if (options.from !== undefined && !isWithin(ranges, place)) throw wrongPlace(options.from)
  while (place && window.read < most && !window.isFull) {
    const {at, cursor}: Place = place
    const page = await readPage(redis, key, cursor, ranges[at], {order: 'down', most: most - window.read})
    const taken = window.take(await lettersOf(page, filter))
    if (page.length === 0) place = startAt(ranges, at + 1)
    else place = {at, cursor: endOf(page.slice(0, taken), cursor)}
  }
  const next = await firstLeft(redis, key, ranges, place)
  return {...window.result(), next: next ? placeText(next) : null}
}

/** The first place from here on at which there is a letter. */
async function firstLeft(
  redis: Redis,
  key: string,
  ranges: ScoreRange[],
  from: Place | undefined,
): Promise<Place | undefined> {
  for (let place = from; place; place = startAt(ranges, place.at + 1)) {
    const page = await readPage(redis, key, place.cursor, ranges[place.at], {order: 'down', most: 1})
    if (page.length > 0) return place
  }
  return undefined
}

/** Collects what a filter selects. */
class Window {
  read = 0
  readonly #filter: LetterFilter
  readonly #show: number
  readonly #letters: Letter[] = []
  readonly #counter: GroupCounter

  constructor(filter: LetterFilter, show: number) {
    this.#filter = filter
    this.#show = show
    this.#counter = new GroupCounter(filter.nowMs)
  }

  get isFull(): boolean {
    return this.#show > 0 && this.#letters.length >= this.#show
  }

  /** @returns how many of the page were looked at */
  take(page: readonly Letter[]): number {
    let taken = 0
    for (const letter of page) {
      if (this.isFull) break
      taken++
      if (!isMeant(this.#filter, letter)) continue
      this.#counter.add(letter)
      if (this.#letters.length < this.#show) this.#letters.push(letter)
    }
    this.read += taken
    return taken
  }

  result(): Omit<LetterWindow, 'next'> {
    const {groups, letters: matched} = this.#counter
    return {letters: this.#letters, groups, matched, read: this.read}
  }
}

function isMeant(filter: LetterFilter, letter: Letter): boolean {
  if (filter.ids && !filter.ids.has(letter.id)) return false
  return failedInTime(filter, letter.score) && matchesFilter(filter, letter)
}

/** Newest first, and those without a known time last; the same for the same filter. */
function rangesOf({sinceMs, beforeMs}: LetterFilter): ScoreRange[] {
  const timed = timedRanges(sinceMs, beforeMs).reverse()
  return sinceMs === undefined && beforeMs === undefined ? [...timed, ...untimedRanges().reverse()] : timed
}

function startAt(ranges: ScoreRange[], at: number): Place | undefined {
  return at < ranges.length ? {at, cursor: startOf(ranges[at], 'down')} : undefined
}

function placeText({at, cursor: {score, skip}}: Place): string {
  return `${at}_${Number.isFinite(skip) ? skip : 'all'}_${score}`
}

function parsePlace(text: string): Place {
  const [, at, skip, score] =
    /^(\d{1,2})_(\d{1,9}|all)_(-?(?:inf(?:inity)?|[\d.]+(?:e[+-]?\d+)?))$/i.exec(text) ?? []
  if (at === undefined) throw wrongPlace(text)
  const number = /^-?inf/i.test(score)
    ? parseScore(score.toLowerCase().replace('infinity', 'inf'))
    : Number(score)
  return {
    at: Number(at),
    cursor: {score: number, skip: skip === 'all' ? Number.POSITIVE_INFINITY : Number(skip)},
  }
}

function isWithin(ranges: ScoreRange[], place: Place | undefined): boolean {
  return place !== undefined && place.at < ranges.length && !Number.isNaN(place.cursor.score)
}

function wrongPlace(text: string): Error {
  return usageError(`expected the place to be "next" of an earlier answer, got ${JSON.stringify(text)}`)
}

import type {Letter} from './letter.ts'
import {countedReason} from './letter-counts.ts'
import {type FailureTimes, failureTimes} from './letter-span.ts'
import {failedMs} from './letter-time.ts'
import {normaliseFailure, normaliseText} from './normalise.ts'

/** Dead letters that failed for the same reason with the same error, apart from the values in it. */
export interface LetterGroup {
  reason: string
  code: string | null
  /** The column at fault, if the failure named one. */
  column: string | null
  constraint: string | null
  /** The table in which a parent is missing. */
  parent: string | null
  /** The message with its values taken out. */
  error: string | null
  letters: number
  records: number
  /** RFC 3339. */
  firstFailedAt: string | null
  lastFailedAt: string | null
  /** Id of one of the letters. */
  example: string
}

/** First and last failure, ms since 1970; infinite until a letter tells a time. */
interface Times {
  firstMs: number
  lastMs: number
}

const NO_TIMES: Times = {firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY}

/** A group while it is counted. */
type Counted = Omit<LetterGroup, 'firstFailedAt' | 'lastFailedAt'> & Times

/** Most errors that get a group of their own; all others share one group, so that memory stays bounded. */
const MOST_GROUPS = 1000

/** Counts letters by reason and error. */
export class GroupCounter {
  letters = 0
  records = 0
  readonly #groups = new Map<string, Counted>()
  readonly #errors = new Map<string, string>()
  /** By the reason under which they are counted; undefined for letters of other programs. */
  readonly #reasons = new Map<string | undefined, Times & {letters: number}>()

  add(letter: Letter): void {
    const {records} = letter
    const reason = letter.isOwn ? letter.reason : normaliseText(letter.reason)
    const group = this.#group(letter, reason)
    this.letters++
    this.records += records
    group.letters++
    group.records += records
    const ms = failedMs(letter.score)
    widen(group, ms)
    const counted = countedReason(letter.member)
    const same = this.#reasons.get(counted) ?? {letters: 0, ...NO_TIMES}
    this.#reasons.set(counted, same)
    same.letters++
    widen(same, ms)
  }

  /** The largest group first; among groups of equal size, the one with the newest letter. */
  get groups(): LetterGroup[] {
    const sorted = [...this.#groups.values()].sort((a, b) => b.letters - a.letters || b.lastMs - a.lastMs)
    return sorted.map(({firstMs, lastMs, ...group}) => ({
      ...group,
      firstFailedAt: timeOf(firstMs),
      lastFailedAt: timeOf(lastMs),
    }))
  }

  /** Letters of other programs, which no counter by reason includes. */
  get foreign(): number {
    return this.#reasons.get(undefined)?.letters ?? 0
  }

  /** qtool's own letters by reason, the most frequent first. */
  get byReason(): Record<string, number> {
    return Object.fromEntries(this.#ofReasons(({letters}) => letters).sort((a, b) => b[1] - a[1]))
  }

  get timesByReason(): Record<string, FailureTimes> {
    return Object.fromEntries(this.#ofReasons(timesOf))
  }

  get foreignTimes(): FailureTimes | null {
    const foreign = this.#reasons.get(undefined)
    return foreign ? timesOf(foreign) : null
  }

  #ofReasons<T>(of: (counted: Times & {letters: number}) => T): Array<[string, T]> {
    return [...this.#reasons].flatMap(([reason, counted]) =>
      reason === undefined ? [] : [[reason, of(counted)]],
    )
  }

  /** Cached by message, unless it depends on the payload: most letters of a queue share a few messages. */
  #errorOf(letter: Letter): string | null {
    const {message, code} = letter
    if (message === null) return null
    if (!letter.isOwn) return normaliseText(message)
    const name = `${code} ${message}`
    const known = this.#errors.get(name)
    if (known !== undefined) return known
    let asked = false
    const holds = (text: string) => {
      asked = true
      return letter.item.includes(text)
    }
    const error = normaliseFailure({code, message, holds})
    if (!asked && this.#errors.size < MOST_GROUPS) this.#errors.set(name, error)
    return error
  }

  #group(letter: Letter, reason: string): Counted {
    const {code, column, constraint} = letter
    const error = this.#errorOf(letter)
    const name = JSON.stringify([reason, code, column, constraint, error])
    const isFull = this.#groups.size >= MOST_GROUPS
    const known = this.#groups.get(name) ?? (isFull ? this.#groups.get(REST) : undefined)
    if (known) return known
    const of = isFull
      ? {reason: 'other', code: null, column: null, constraint: null, parent: null, error: null}
      : {reason, code, column, constraint, parent: parentOf(letter), error}
    const counts = {letters: 0, records: 0, ...NO_TIMES}
    const group = {...of, ...counts, example: letter.id}
    this.#groups.set(isFull ? REST : name, group)
    return group
  }
}

/** Name of the group that all other errors share; no other name is empty. */
const REST = ''

/** Reads the English detail of Postgres for 23503: `… is not present in table "flights".` */
function parentOf({code, detail}: Letter): string | null {
  if (code !== '23503' || detail === null) return null
  return /\bis not present in table "(.*)"\.$/.exec(detail)?.[1] ?? null
}

/** @param ms NaN, where the score is no time, is neither first nor last */
function widen(times: Times, ms: number): void {
  if (ms < times.firstMs) times.firstMs = ms
  if (ms > times.lastMs) times.lastMs = ms
}

/** Exact, since every letter was read. */
function timesOf({firstMs, lastMs}: Times): FailureTimes {
  const end = (ms: number) => (Number.isFinite(ms) ? {ms, isExact: true} : undefined)
  return failureTimes({first: end(firstMs), last: end(lastMs)})
}

function timeOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}

import type {Letter} from './letter.ts'
import {countedReason} from './letter-counts.ts'
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

/** A group while it is counted, with its times as ms since 1970. */
type Counted = Omit<LetterGroup, 'firstFailedAt' | 'lastFailedAt'> & {firstMs: number; lastMs: number}

/** Most errors that get a group of their own; all others share one group, so that memory stays bounded. */
const MOST_GROUPS = 1000

/** Counts letters by reason and error. */
export class GroupCounter {
  letters = 0
  records = 0
  /** Letters of other programs, which no counter by reason includes. */
  foreign = 0
  readonly #groups = new Map<string, Counted>()
  readonly #errors = new Map<string, string>()
  readonly #reasons = new Map<string, number>()

  add(letter: Letter): void {
    const {records} = letter
    const reason = letter.isOwn ? letter.reason : normaliseText(letter.reason)
    const group = this.#group(letter, reason)
    this.letters++
    this.records += records
    const counted = countedReason(letter.member)
    if (counted === undefined) this.foreign++
    else this.#reasons.set(counted, (this.#reasons.get(counted) ?? 0) + 1)
    group.letters++
    group.records += records
    const ms = failedMs(letter.score)
    // If the score is not a time, `ms` is NaN and both comparisons are false
    if (ms < group.firstMs) group.firstMs = ms
    if (ms > group.lastMs) group.lastMs = ms
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

  /** qtool's own letters by reason, the most frequent first. */
  get byReason(): Record<string, number> {
    return Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1]))
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
    const times = {firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY}
    const counts = {letters: 0, records: 0, ...times}
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

function timeOf(ms: number): string | null {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : null
}

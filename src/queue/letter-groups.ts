import type {Letter} from './letter.ts'
import {normaliseFailure, normaliseText} from './normalise.ts'

/** Dead letters that failed for the same reason with the same error, values left out. */
export interface LetterGroup {
  reason: string
  code: string | null
  /** The column at fault, where the failure named one. */
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
  /** Id of one of them. */
  example: string
}

/** Errors told apart; what comes after them is counted as one more group, so that memory stays bounded. */
const MOST_GROUPS = 1000

/** Counts letters by reason and error. */
export class GroupCounter {
  letters = 0
  records = 0
  /** Letters of other programs. */
  foreign = 0
  readonly #groups = new Map<string, LetterGroup>()
  readonly #reasons = new Map<string, number>()

  add(letter: Letter): void {
    const {records, failedAt} = letter
    const reason = letter.isOwn ? letter.reason : normaliseText(letter.reason)
    const group = this.#group(letter, reason)
    this.letters++
    this.records += records
    if (!letter.isOwn) this.foreign++
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + 1)
    group.letters++
    group.records += records
    group.firstFailedAt = earlier(group.firstFailedAt, failedAt)
    group.lastFailedAt = later(group.lastFailedAt, failedAt)
  }

  /** Most letters first, and the newest among those of one size. */
  get groups(): LetterGroup[] {
    return [...this.#groups.values()].sort(
      (a, b) => b.letters - a.letters || (b.lastFailedAt ?? '').localeCompare(a.lastFailedAt ?? ''),
    )
  }

  /** Letters of each reason, most first. */
  get byReason(): Record<string, number> {
    return Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1]))
  }

  #group(letter: Letter, reason: string): LetterGroup {
    const {code, column, constraint} = letter
    const error = errorOf(letter)
    const name = JSON.stringify([reason, code, column, constraint, error])
    const isFull = this.#groups.size >= MOST_GROUPS
    const known = this.#groups.get(name) ?? (isFull ? this.#groups.get(REST) : undefined)
    if (known) return known
    const of = isFull
      ? {reason: 'other', code: null, column: null, constraint: null, parent: null, error: null}
      : {reason, code, column, constraint, parent: parentOf(letter), error}
    const counts = {letters: 0, records: 0, firstFailedAt: null, lastFailedAt: null}
    const group = {...of, ...counts, example: letter.id}
    this.#groups.set(isFull ? REST : name, group)
    return group
  }
}

/** Name of the group for errors beyond those told apart; no other name is empty. */
const REST = ''

function errorOf(letter: Letter): string | null {
  const {message, code} = letter
  if (message === null) return null
  if (!letter.isOwn) return normaliseText(message)
  return normaliseFailure({code, message, holds: (text) => letter.item.includes(text)})
}

/** As the detail of Postgres for 23503 says in English: `… is not present in table "flights".` */
function parentOf({code, detail}: Letter): string | null {
  if (code !== '23503' || detail === null) return null
  return /\bis not present in table "(.*)"\.$/.exec(detail)?.[1] ?? null
}

function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a < b ? a : b
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}

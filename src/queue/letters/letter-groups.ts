import type {Letter} from './letter.ts'
import {countedReason} from './letter-counts.ts'
import {type GroupKey, groupOf} from './letter-group.ts'
import {type Ranked, ranked} from './letter-rank.ts'
import {type FailureTimes, failureTimes} from './letter-span.ts'
import {failedMs} from './letter-time.ts'

/** Dead letters that failed for the same reason with the same error, apart from the values in it. */
export interface LetterGroup extends Omit<GroupKey, 'id'>, Ranked {
  /** What `--group` takes; null for the letters of all errors beyond the first thousand. */
  id: string | null
  /** The table in which a parent is missing. */
  parent: string | null
  letters: number
  /** RFC 3339. */
  firstFailedAt: string | null
  /** Failures in each of the last 60 minutes, by the clock of Redis, the oldest first. */
  perMinute: number[]
  /** Id of one of the letters. */
  example: string
  /** What it failed with: the key of a missing parent or of a row that is there already, else its message. */
  exampleError: string
}

/** First and last failure, ms since 1970; infinite until a letter tells a time. */
interface Times {
  firstMs: number
  lastMs: number
}

const NO_TIMES: Times = {firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY}

/** A group while it is counted. */
type Counted = Omit<LetterGroup, 'firstFailedAt' | 'lastFailedAt' | 'share'> & Times

/** Most errors that get a group of their own; all others share one group, so that memory stays bounded. */
const MOST_GROUPS = 1000

const MINUTES = 60
const MINUTE_MS = 60_000

/** Counts letters by reason and error. */
export class GroupCounter {
  letters = 0
  records = 0
  readonly #nowMs: number
  readonly #groups = new Map<string | null, Counted>()
  /** By the reason under which they are counted; undefined for letters of other programs. */
  readonly #reasons = new Map<string | undefined, Times & {letters: number}>()

  /** @param nowMs by the clock of Redis; without it, no failure counts as one of the last hour */
  constructor(nowMs = Number.NaN) {
    this.#nowMs = nowMs
  }

  add(letter: Letter): void {
    const {records} = letter
    const group = this.#group(letter)
    const ms = failedMs(letter.score)
    this.letters++
    this.records += records
    group.letters++
    group.records += records
    widen(group, ms)
    const ago = Math.floor((this.#nowMs - ms) / MINUTE_MS)
    if (ago >= 0 && ago < MINUTES) group.perMinute[MINUTES - 1 - ago]++
    const counted = countedReason(letter.member)
    const same = this.#reasons.get(counted) ?? {letters: 0, ...NO_TIMES}
    this.#reasons.set(counted, same)
    same.letters++
    widen(same, ms)
  }

  /** What hurts most comes first; see `ranked`. */
  get groups(): LetterGroup[] {
    return ranked(
      [...this.#groups.values()].map(({firstMs, lastMs, ...group}) => ({
        ...group,
        firstFailedAt: timeOf(firstMs),
        lastFailedAt: timeOf(lastMs),
      })),
    )
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

  #group(letter: Letter): Counted {
    const key = groupOf(letter)
    const isFull = this.#groups.size >= MOST_GROUPS
    const known = this.#groups.get(key.id) ?? (isFull ? this.#groups.get(null) : undefined)
    if (known) return known
    const of = isFull ? REST : {...key, parent: parentOf(letter)}
    const example = {example: letter.id, exampleError: errorOf(letter)}
    const perMinute = new Array<number>(MINUTES).fill(0)
    const group = {...of, letters: 0, records: 0, ...NO_TIMES, perMinute, ...example}
    this.#groups.set(group.id, group)
    return group
  }
}

/** The group that all other errors share. */
const REST = {
  id: null,
  reason: 'other',
  code: null,
  column: null,
  constraint: null,
  table: null,
  parent: null,
  error: null,
}

/** Reads the English detail of Postgres for 23503: `… is not present in table "flights".` */
function parentOf({code, detail}: Letter): string | null {
  if (code !== '23503' || detail === null) return null
  return /\bis not present in table "(.*)"\.$/.exec(detail)?.[1] ?? null
}

/** Codes whose detail names a key, while the message only names the constraint. */
const KEY_CODES = ['23001', '23503', '23505']

function errorOf({code, message, detail, reason}: Letter): string {
  const said = code !== null && KEY_CODES.includes(code) ? (detail ?? message) : message
  return (said ?? reason).slice(0, LONGEST_ERROR)
}

/** Characters; a message may quote a payload of a MiB. */
const LONGEST_ERROR = 300

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

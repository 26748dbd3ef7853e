import type {Redis} from 'ioredis'
import type {DeadLetterView, Letter} from './letter.ts'
import type {LetterFilter} from './letter-filter.ts'
import {LetterScan} from './letter-scan.ts'
import {normalise} from './normalise.ts'

/** Dead letters that failed for the same reason with the same error, values left out. */
export interface LetterGroup {
  reason: string
  code: string | null
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

/** Errors told apart; what comes after them is counted by reason alone, so that memory stays bounded. */
const MOST_GROUPS = 1000

/** A survey of the dead letters of a queue. */
export interface LetterSurvey {
  /** Dead letters in all, whatever the filter. */
  total: number
  /** Those that the filter means. */
  matched: number
  /** Records of each reason, of those matched; most first. */
  byReason: Record<string, number>
  /** Most letters first. */
  groups: LetterGroup[]
  /** The first of those matched. */
  items: DeadLetterView[]
}

/** Counts the dead letters that a filter means, by reason and by error; shows the first `show`. */
export async function surveyLetters(
  redis: Redis,
  key: string,
  options: {filter?: LetterFilter; show?: number; onProgress?: (read: number) => void} = {},
): Promise<LetterSurvey> {
  const {filter, show = 0, onProgress} = options
  const counter = new GroupCounter()
  const items: DeadLetterView[] = []
  const scan = new LetterScan(redis, key, filter)
  for await (const letters of scan.pages()) {
    for (const letter of letters) {
      counter.add(letter)
      if (items.length < show) items.push(letter.view())
    }
    onProgress?.(scan.read)
  }
  const total = await redis.zcard(key)
  return {total, items, ...counter.result()}
}

/** Counts letters by reason and error. */
class GroupCounter {
  readonly #groups = new Map<string, LetterGroup>()
  readonly #reasons = new Map<string, number>()
  #matched = 0

  add(letter: Letter): void {
    const {records, code} = letter
    const reason = normalise(letter.reason)
    this.#matched++
    this.#reasons.set(reason, (this.#reasons.get(reason) ?? 0) + records)
    const error = letter.message === null ? null : normalise(letter.message)
    const group = this.#group(letter, reason, code, error)
    group.letters++
    group.records += records
    group.lastFailedAt = letter.failedAt
  }

  #group(letter: Letter, reason: string, code: string | null, error: string | null): LetterGroup {
    const isFull = this.#groups.size >= MOST_GROUPS
    const name = JSON.stringify([reason, code, error])
    const known = this.#groups.get(name) ?? (isFull ? this.#groups.get(REST) : undefined)
    if (known) return known
    const {failedAt, id} = letter
    const said = isFull ? {reason: 'other', code: null, error: null} : {reason, code, error}
    const group = {
      ...said,
      letters: 0,
      records: 0,
      firstFailedAt: failedAt,
      lastFailedAt: failedAt,
      example: id,
    }
    this.#groups.set(isFull ? REST : name, group)
    return group
  }

  result(): {matched: number; byReason: Record<string, number>; groups: LetterGroup[]} {
    return {
      matched: this.#matched,
      byReason: Object.fromEntries([...this.#reasons].sort((a, b) => b[1] - a[1])),
      groups: [...this.#groups.values()].sort((a, b) => b.letters - a.letters),
    }
  }
}

const REST = ''

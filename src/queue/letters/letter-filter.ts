import {parseMoment} from '../../config/amount.ts'
import {usageError} from '../../errors.ts'
import type {Letter} from './letter.ts'
import type {LetterPlan} from './letter-plan.ts'
import {failedMs} from './letter-time.ts'
import {type Match, matchesPayload, parseMatch} from './match.ts'
import {normaliseText} from './normalise.ts'

/** Which dead letters to select; an empty filter selects all. */
export interface LetterFilter {
  reason?: string
  code?: string
  column?: string
  constraint?: string
  /** Failed at or after, ms since 1970. */
  sinceMs?: number
  /** Failed before, ms since 1970. */
  beforeMs?: number
  /** Values that the payload must have, or one record of it if it is an envelope. */
  match?: Match[]
  ids?: Set<string>
  /** Most letters to select. */
  limit?: number
  /** Letters that came in after the plan was made are left alone. */
  plan?: LetterPlan
  /** Path of the records in an envelope of another producer; `points` by default. */
  records?: readonly string[]
}

/** The filter flags, as typed. */
export interface FilterFlags {
  reason?: string
  code?: string
  column?: string
  constraint?: string
  since?: string
  'older-than'?: string
  match?: string[]
  id?: string[]
  limit?: number
}

/** @param nowMs by the clock of Redis @throws QtoolError (usage) */
export function parseFilter(flags: FilterFlags, nowMs: number): LetterFilter {
  const {reason, code, column, constraint, match, id, limit} = flags
  const olderThan = flags['older-than']
  const sinceMs = flags.since === undefined ? undefined : parseMoment('--since', flags.since, nowMs)
  const beforeMs = olderThan === undefined ? undefined : parseMoment('--older-than', olderThan, nowMs)
  if (sinceMs !== undefined && sinceMs > nowMs) {
    throw usageError(
      `--since must be in the past, got ${flags.since}; by the clock of Redis it is ${new Date(nowMs).toISOString()}`,
    )
  }
  if (sinceMs !== undefined && beforeMs !== undefined && sinceMs >= beforeMs) {
    throw usageError(
      `no dead letter can match both --since ${flags.since} and --older-than ${olderThan}`,
      '--since is the earlier of the two: --since 7d --older-than 1d',
    )
  }
  const ids = id && new Set(id)
  return {reason, code, column, constraint, limit, sinceMs, beforeMs, ids, match: match?.map(parseMatch)}
}

const NAMES = [
  'reason',
  'code',
  'column',
  'constraint',
  'since',
  'older-than',
  'match',
  'id',
  'limit',
] as const satisfies ReadonlyArray<keyof FilterFlags>

/** The filter in words, for the audit. */
export function describeFilter(flags: FilterFlags): string {
  const parts = NAMES.flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [value].flat().map((one) => `--${name} ${one}`)
  })
  return parts.join(' ') || 'all'
}

/** The first filter flag that was typed; undefined if all dead letters are selected. */
export function firstFilterFlag(flags: FilterFlags): string | undefined {
  return NAMES.find((name) => flags[name] !== undefined)
}

/** Whether a letter failed within the filter's time, by its score alone: parsing a million letters takes seconds. */
export function failedInTime({sinceMs, beforeMs}: LetterFilter, score: number): boolean {
  const at = failedMs(score)
  return (sinceMs === undefined || at >= sinceMs) && (beforeMs === undefined || at < beforeMs)
}

/** Checks everything in the filter except the ids, the time, the plan and the limit. */
export function matchesFilter(filter: LetterFilter, letter: Letter): boolean {
  const {reason, code, column, constraint, match} = filter
  if (reason !== undefined && !hasReason(letter, reason)) return false
  if (code !== undefined && letter.code !== code) return false
  if (column !== undefined && letter.column !== column) return false
  if (constraint !== undefined && letter.constraint !== constraint) return false
  return !match || match.length === 0 || matchesPayload(match, letter)
}

/** Compares with the reason as written, or, for letters of other programs, as shown: without its values. */
function hasReason(letter: Letter, reason: string): boolean {
  return letter.reason === reason || (!letter.isOwn && normaliseText(letter.reason) === reason)
}

import {parseMoment} from '../config/amount.ts'
import {usageError} from '../errors.ts'
import {nullForNaN} from '../json/lenient.ts'
import type {Letter} from './letter.ts'
import {failedMs} from './letter-time.ts'
import {normalise} from './normalise.ts'

/** Which dead letters are meant; an empty one means all. */
export interface LetterFilter {
  reason?: string
  /** Failed at or after, ms since 1970. */
  sinceMs?: number
  /** Failed before, ms since 1970. */
  beforeMs?: number
  /** Values that the payload must have, by dotted path; of an envelope, one of its records. */
  match?: Array<{path: string[]; value: string}>
  ids?: Set<string>
  /** At most so many. */
  limit?: number
}

/** The filter flags, as typed. */
export interface FilterFlags {
  reason?: string
  since?: string
  'older-than'?: string
  match?: string[]
  id?: string[]
  limit?: number
}

/** @param nowMs by the clock of Redis @throws QtoolError (usage) */
export function parseFilter(flags: FilterFlags, nowMs: number): LetterFilter {
  const {reason, since, match, id, limit} = flags
  const olderThan = flags['older-than']
  return {
    reason,
    limit,
    sinceMs: since === undefined ? undefined : parseMoment('--since', since, nowMs),
    beforeMs: olderThan === undefined ? undefined : parseMoment('--older-than', olderThan, nowMs),
    ids: id && new Set(id),
    match: match?.map(parseMatch),
  }
}

function parseMatch(text: string): {path: string[]; value: string} {
  const equals = text.indexOf('=')
  if (equals > 0) return {path: text.slice(0, equals).split('.'), value: text.slice(equals + 1)}
  throw usageError(
    `expected --match as KEY=VALUE, got ${JSON.stringify(text)}`,
    "for example --match 'flight_uuid=4f6f…'; a path such as device.id=7 reaches into objects",
  )
}

/** The filter in words, for the audit. */
export function describeFilter(flags: FilterFlags): string {
  const names = ['reason', 'since', 'older-than', 'match', 'id', 'limit'] as const
  const parts = names.flatMap((name) => {
    const value = flags[name]
    return value === undefined ? [] : [value].flat().map((one) => `--${name} ${one}`)
  })
  return parts.join(' ') || 'all'
}

/** Whether the score alone rules a letter out; parsing a million of them costs seconds. */
export function failedInTime({sinceMs, beforeMs}: LetterFilter, score: number): boolean {
  const at = failedMs(score)
  return (sinceMs === undefined || at >= sinceMs) && (beforeMs === undefined || at < beforeMs)
}

/** Everything but the time and the limit. */
export function matchesFilter({reason, ids, match}: LetterFilter, letter: Letter): boolean {
  if (reason !== undefined && !hasReason(letter, reason)) return false
  if (ids !== undefined && !ids.has(letter.id)) return false
  if (!match || match.length === 0) return true
  if (!letter.isBase64 && !match.every(({value}) => mayHold(letter, value))) return false
  const payload = parse(letter.item) ?? parse(nullForNaN(letter.item))
  const points = isObject(payload) && Array.isArray(payload.points) ? payload.points : []
  return [payload, ...points].some((record) => match.every(({path, value}) => textAt(record, path) === value))
}

/** As it stands in the letter or as it is shown, with the values left out. */
function hasReason(letter: Letter, reason: string): boolean {
  return letter.reason === reason || (!letter.isOwn && normalise(letter.reason) === reason)
}

/** A text that JSON writes as it is: then the bytes of the letter must hold it. */
const PLAIN = /^[\w .:-]+$/

/** Whether the bytes alone do not rule the value out. A null may be written as NaN. */
function mayHold(letter: Letter, value: string): boolean {
  return value === 'null' || !PLAIN.test(value) || letter.member.includes(value)
}

function parse(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString('utf8'))
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function textAt(record: unknown, path: string[]): string | undefined {
  let value = record
  for (const key of path) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined
    value = value[key]
  }
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value)
}

import {nullForNaN} from '../../json/lenient.ts'
import type {PastFailure} from './dead-letter.ts'
import {OwnLetterReader} from './own-letter.ts'

/** What the JSON text of a dead letter says. */
export interface LetterFields {
  /** qtool wrote it. */
  isOwn: boolean
  /** Empty where the member is no JSON object. */
  fields: Record<string, unknown>
}

/** Reads one letter after the other, and each at once. */
const reader = new OwnLetterReader()

/** Reads a member: strictly where it is a letter of qtool's own, else as what it may be, with NaN for null. */
export function readFields(member: Buffer): LetterFields {
  const strict = parseObject(member)
  const isOwn = strict !== undefined && reader.isOwn(member)
  return {isOwn, fields: strict ?? parseObject(nullForNaN(member)) ?? {}}
}

/** @returns undefined where it is no JSON, and no field where it is no object */
function parseObject(member: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(member.toString('utf8'))
    return isObject(value) ? {...value} : {}
  } catch {
    return undefined
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The history of a letter; entries of any other form are left out. */
export function pastFailures(history: unknown): PastFailure[] {
  return Array.isArray(history) ? history.flatMap(pastFailure) : []
}

/** An entry of a history; letters from before the mark write `failed_at`. */
function pastFailure(entry: unknown): PastFailure[] {
  if (!isObject(entry)) return []
  const text = (value: unknown) => (typeof value === 'string' ? value : null)
  const {failedAt, failed_at, reason, code, message} = entry
  return [
    {
      failedAt: text(failedAt) ?? text(failed_at),
      reason: text(reason) ?? 'unknown',
      code: text(code),
      message: text(message),
    },
  ]
}

import {nullForNaN} from '../../json/lenient.ts'
import type {PastFailure} from './dead-letter.ts'
import {OwnLetterReader} from './own-letter.ts'

/** The fields in the JSON text of a dead letter. */
export interface LetterFields {
  /** Whether qtool wrote it. */
  isOwn: boolean
  /** Empty if the member is not a JSON object. */
  fields: Record<string, unknown>
}

/** Can be shared, since each letter is read completely before the next one. */
const reader = new OwnLetterReader()

/** Reads a member: strictly if qtool wrote it, otherwise leniently, with NaN as null. */
export function readFields(member: Buffer): LetterFields {
  const strict = parseObject(member)
  const isOwn = strict !== undefined && reader.isOwn(member)
  return {isOwn, fields: strict ?? parseObject(nullForNaN(member)) ?? {}}
}

/** @returns undefined if it is not JSON, and no fields if it is not an object */
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

/** The history of a letter; entries of an unknown form are left out. */
export function pastFailures(history: unknown): PastFailure[] {
  return Array.isArray(history) ? history.flatMap(pastFailure) : []
}

/** An entry of a history; letters written before there was a mark use `failed_at`. */
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

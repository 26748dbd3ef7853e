import {type ClientBase, DatabaseError} from 'pg'
import {attempt} from '../../postgres/savepoint.ts'
import type {Found} from '../check.ts'

/** A part of the facts, or why it could not be read and what would help. */
export type Part<T extends object> = {value: T; reason?: undefined} | Unread

export interface Unread {
  value: null
  reason: string
  /** The grant or flag that would help. */
  fix: string
}

export function unread(reason: string, fix: string): Unread {
  return {value: null, reason, fix}
}

/**
 * Reads one part inside a savepoint, so that a right that is missing or a lock that is held costs only this part.
 * @throws any error that is not from Postgres, which means that the connection is gone
 */
export async function readPart<T extends object>(
  client: ClientBase,
  read: () => Promise<T>,
): Promise<Part<T>> {
  const {error, ...outcome} = await attempt(client, read)
  if (error instanceof DatabaseError) return unread(error.message, fixOf(error))
  return outcome as {value: T}
}

function fixOf({code}: DatabaseError): string {
  if (code === '42501') return 'grant this role the right that is missing'
  return code === '57014' || code === '55P03'
    ? 'try again when the server is less busy'
    : 'see the server log'
}

/** Judges a part that was read; of another one says that nothing is known. */
export function ifRead<T extends object>(part: Part<T>, judge: (value: T) => Found[]): Found[] {
  return part.reason === undefined ? judge(part.value) : [unknown(part.reason, part.fix)]
}

/** What a check says that could not be made. */
export function unknown(what: string, fix: string): Found {
  return {level: 'unknown', what, why: 'this was not checked', fix}
}

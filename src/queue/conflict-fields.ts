import {type Conflict, isNames} from '../config/conflict.ts'
import type {QtoolError} from '../errors.ts'
import {parsed} from './mapping-fields.ts'

/** The fields of a binding that say how records meet rows. Versions before these fields kept the key alone. */
export function conflictFields({key, onConflict, updateColumns, newestBy}: Conflict) {
  return {
    key: JSON.stringify(key ?? null),
    on_conflict: onConflict ?? 'nothing',
    update_columns: JSON.stringify(updateColumns ?? null),
    newest_by: JSON.stringify(newestBy ?? null),
  }
}

/** @param broken the error for a field that is not what was expected */
export function readConflictFields(
  fields: Record<string, string | undefined>,
  broken: (field: string, expected: string) => QtoolError,
): Conflict {
  const key = parsed(fields.key)
  if (key !== null && !isNames(key)) throw broken('key', 'a JSON list of texts, or null')
  const updateColumns = parsed(fields.update_columns ?? 'null')
  if (updateColumns !== null && !isNames(updateColumns))
    throw broken('update_columns', 'a JSON list of texts, or null')
  const newestBy = parsed(fields.newest_by ?? 'null')
  if (newestBy !== null && typeof newestBy !== 'string') throw broken('newest_by', 'a JSON text, or null')
  return {
    ...(key === null ? {} : {key}),
    ...(fields.on_conflict === 'update' ? {onConflict: 'update'} : {}),
    ...(updateColumns === null ? {} : {updateColumns}),
    ...(newestBy === null ? {} : {newestBy}),
  }
}

import {type Conflict, isNames} from '../config/conflict.ts'
import type {QtoolError} from '../errors.ts'
import {parsed} from './mapping-fields.ts'

const TEXTS = [
  ['newestBy', 'newest_by'],
  ['opField', 'op_field'],
  ['softDelete', 'soft_delete'],
] as const

/** The fields of a binding that say how records meet rows. Versions before these fields kept the key alone. */
export function conflictFields({key, onConflict, updateColumns, ...texts}: Conflict) {
  return {
    key: JSON.stringify(key ?? null),
    on_conflict: onConflict ?? 'nothing',
    update_columns: JSON.stringify(updateColumns ?? null),
    ...Object.fromEntries(TEXTS.map(([name, field]) => [field, JSON.stringify(texts[name] ?? null)])),
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
  const texts: Conflict = {}
  for (const [name, field] of TEXTS) {
    const text = parsed(fields[field] ?? 'null')
    if (text !== null && typeof text !== 'string') throw broken(field, 'a JSON text, or null')
    if (text !== null) texts[name] = text
  }
  return {
    ...(key === null ? {} : {key}),
    ...(fields.on_conflict === 'update' ? {onConflict: 'update'} : {}),
    ...(updateColumns === null ? {} : {updateColumns}),
    ...texts,
  }
}

import type {Field} from '../../config/mapping/fields.ts'
import type {TimeUnit} from '../../config/mapping/times.ts'
import {type QtoolError, usageError} from '../../errors.ts'
import {didYouMean} from '../../nearest.ts'
import type {Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'

/** The index of the column that a field gives. @throws QtoolError (usage) if there is none, or the field cannot be right */
export function mappedColumn(table: Table, {column, source, words}: Field): number {
  if (source.kind === 'renamed' && source.key.includes('.')) {
    throw usageError(
      `${words}: only top-level keys of a record can be renamed`,
      `--map '${column}=${source.key}' follows a path; --map '${column}=[${JSON.stringify(source.key)}]' is that key`,
    )
  }
  const index = table.columns.findIndex((candidate) => candidate.name === column)
  if (index < 0) throw noColumn(table, column, words)
  return index
}

/** The index of a column for epoch numbers. @throws QtoolError (usage) if it holds no timestamps */
export function timeColumn(table: Table, column: string, unit: TimeUnit): number {
  const words = `--time ${column}=${unit}`
  const index = table.columns.findIndex((candidate) => candidate.name === column)
  if (index < 0) throw noColumn(table, column, words)
  const {rule, type} = table.columns[index]
  if (rule.holds === Holds.Timestamp || rule.holds === Holds.LocalTimestamp) return index
  throw usageError(`${words}: expected a timestamp or timestamptz column, but it is of the type ${type}`)
}

function noColumn(table: Table, column: string, words: string): QtoolError {
  const names = table.columns.map((candidate) => candidate.name)
  if (table.generated.includes(column)) {
    return usageError(
      `${words}: the column ${JSON.stringify(column)} is GENERATED ALWAYS: Postgres fills it, and no record can`,
      `columns that records can give: ${names.join(', ')}`,
    )
  }
  return usageError(
    `${words}: ${table.quoted} has no writable column ${JSON.stringify(column)}`,
    ...didYouMean(column, names),
    `columns: ${names.join(', ')}`,
  )
}

import {usageError} from '../../errors.ts'
import type {Column, Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import {columnNamed} from './assert-upsert.ts'

/** The column that marks a deleted row. */
export interface SoftDelete {
  /** Index into `Table.columns`. */
  column: number
  /** SQL of its value in a deleted row, and in any other. */
  deleted: string
  live: string
}

const TIMES: Holds[] = [Holds.Timestamp, Holds.LocalTimestamp, Holds.Date]

/** @param where what names the column, for messages @throws QtoolError (usage) if the column cannot say that a row is deleted, or that it is not */
export function readSoftDelete(
  table: Table,
  name: string,
  {key, newestBy, where}: {key: number[]; newestBy: number | undefined; where: string},
): SoftDelete {
  const index = columnNamed(table, key, where, name)
  const {rule, type, notNull} = table.columns[index]
  const isTime = TIMES.includes(rule.holds)
  const taken = new Set([...key, ...(newestBy === undefined ? [] : [newestBy])])
  const fitting = table.columns.filter((column, i) => isFit(column) && !taken.has(i))
  const cannot = (why: string) =>
    usageError(
      `${where} names ${JSON.stringify(name)}, ${why}`,
      fitting.length > 0
        ? `columns that fit: ${fitting.map((column) => column.name).join(', ')}`
        : 'name a boolean column, or one for a time that takes NULL',
    )
  if (index === newestBy) throw cannot('which --newest-by names as well')
  if (rule.holds === Holds.Boolean) return {column: index, deleted: 'true', live: 'false'}
  if (!isTime) throw cannot(`of the type ${type}, and a deleted row is marked by a boolean or a time`)
  if (notNull) throw cannot('which is NOT NULL: a row that is not deleted has no time there')
  return {column: index, deleted: 'CURRENT_TIMESTAMP', live: 'NULL'}
}

function isFit({rule, notNull}: Column): boolean {
  return rule.holds === Holds.Boolean || (TIMES.includes(rule.holds) && !notNull)
}

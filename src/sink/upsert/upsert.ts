import type {ClientBase} from 'pg'
import {usageError} from '../../errors.ts'
import type {ConflictOptions} from '../../record/conflict.ts'
import type {Table} from '../catalog/table.ts'
import {assertOrdered, assertUpdatable, columnNamed} from './assert-upsert.ts'
import {type Deletes, readDeletes} from './deletes.ts'
import {readUpsertFacts} from './facts.ts'

/** How records update the rows that have their keys. */
export interface Upsert {
  /** The columns of the key; indexes into `Table.columns`, like all columns here. */
  key: number[]
  /** The columns that an update may set, as far as a record gives them. */
  columns: number[]
  /** A row is only updated by a record with a greater value in this column. */
  newestBy: number | undefined
  /** How records delete rows; undefined if none does. */
  deletes: Deletes | undefined
  /** The table has partitions, whose rows do not tell whether they are new. */
  isPartitioned: boolean
  /** Rows can be staged in a temporary table. */
  mayStage: boolean
}

/**
 * How records update the rows of a table.
 * @returns undefined if they leave them as they are
 * @throws QtoolError (usage) if the options do not fit the table, (refused) if this role lacks a right
 */
export async function readUpsert(
  client: ClientBase,
  table: Table,
  options: ConflictOptions,
): Promise<Upsert | undefined> {
  const {onConflict, updateColumns, newestBy: named, where} = options
  const words = {
    updateColumns: where?.updateColumns ?? '--update-columns',
    newestBy: where?.newestBy ?? '--newest-by',
    opField: where?.opField ?? '--op-field',
    softDelete: where?.softDelete ?? '--soft-delete',
  }
  if (onConflict !== 'update') {
    const parts = ['updateColumns', 'newestBy', 'opField', 'softDelete'] as const
    const part = parts.find((one) => options[one] !== undefined)
    if (part) throw usageError(`${words[part]} needs --on-conflict update`)
    return undefined
  }
  const facts = await readUpsertFacts(client, table.quoted)
  const key = await assertUpdatable(client, table, facts, where)
  const newestBy = named === undefined ? undefined : columnNamed(table, key, words.newestBy, named)
  const chosen = updateColumns?.map((name) => columnNamed(table, key, words.updateColumns, name))
  const usual = table.columns.flatMap(({insertable}, i) => (insertable && !key.includes(i) ? [i] : []))
  const deletes = await readDeletes(client, table, options, {key, newestBy, facts, words})
  // Without its own column, a row would never count as newer, or as deleted no more
  const always = [newestBy, deletes?.soft?.column].filter((column) => column !== undefined)
  const columns = [...new Set([...(chosen ?? usual), ...always])]
  await assertOrdered(client, table, {columns, newestBy, where: words.newestBy}, facts)
  return {key, columns, newestBy, deletes, isPartitioned: facts.kind === 'p', mayStage: facts.mayStage}
}

/**
 * Whether a record whose key is in the table always writes its values of these columns. Otherwise a row may keep what it
 * has, so that Postgres does not check them.
 */
export function alwaysWrites({key, columns, newestBy}: Upsert, which: number[]): boolean {
  return newestBy === undefined && which.every((column) => columns.includes(column) || key.includes(column))
}

/** The same table, as it takes records that update its rows: a column that they leave out stays as it is. */
export function withUpdates(table: Table, {newestBy, deletes}: Upsert): Table {
  const mayRewrite = table.mayRewrite || table.onUpdate.mayRewrite
  return {
    ...table,
    mayRewrite,
    mayMakeParents: table.mayMakeParents || table.onUpdate.mayMakeParents,
    columns: table.columns.map((column, index) => {
      // With a default, a record without a value would be newer or older, as its row happens to be there
      if (index === newestBy) return {...column, hasDefault: false, mayStayOut: false}
      // It says of every record that its row is not deleted, if the record does not say otherwise
      if (index === deletes?.soft?.column)
        return {...column, notNull: false, hasDefault: false, mayStayOut: false}
      // A trigger may fill in what a record lacks, and then it is not of the record
      const isNeeded = !column.hasDefault && column.notNull && !mayRewrite
      return {...column, mayStayOut: !isNeeded}
    }),
  }
}

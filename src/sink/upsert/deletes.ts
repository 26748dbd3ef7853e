import type {ClientBase} from 'pg'
import {readSource} from '../../config/mapping/parse-map.ts'
import {EACH, type PathSource} from '../../config/mapping/source.ts'
import {QtoolError, usageError} from '../../errors.ts'
import type {ConflictOptions} from '../../record/conflict.ts'
import type {Table} from '../catalog/table.ts'
import type {UpsertFacts} from './facts.ts'
import {readKeyOperators} from './key-operators.ts'
import {readSoftDelete, type SoftDelete} from './soft-delete.ts'

/** How records delete the rows that have their keys. Columns are indexes into `Table.columns`. */
export interface Deletes {
  /** Where a record says what it does. */
  source: PathSource
  key: number[]
  /** The columns that a delete needs: the key, and that of `newestBy`. */
  needed: number[]
  /** SQL of the comparison for each column of the key. */
  operators: string[]
  /** The column that a delete sets, in place of removing the row. */
  soft: SoftDelete | undefined
  /** The table, as records that delete meet it: of the other columns nothing is looked at. */
  table: Table
}

/** What is known of how records find and update rows. */
interface DeletesFor {
  key: number[]
  newestBy: number | undefined
  facts: UpsertFacts
  /** What says each option, for messages. */
  words: {opField: string; softDelete: string}
}

/**
 * How records delete rows.
 * @returns undefined if they do not
 * @throws QtoolError (usage) if the options do not fit the table, (refused) if this role lacks a right
 */
export async function readDeletes(
  client: ClientBase,
  table: Table,
  {opField, softDelete}: ConflictOptions,
  {key, newestBy, facts, words}: DeletesFor,
): Promise<Deletes | undefined> {
  if (opField === undefined) {
    if (softDelete !== undefined) throw usageError(`${words.softDelete} needs --op-field`)
    return undefined
  }
  const source = opSource(opField, words.opField)
  const soft =
    softDelete === undefined
      ? undefined
      : readSoftDelete(table, softDelete, {key, newestBy, where: words.softDelete})
  if (!soft) assertMayDelete(table, facts)
  else assertMayInsert(table, soft.column, facts)
  const needed = [...key, ...(newestBy === undefined ? [] : [newestBy])]
  const operators = await readKeyOperators(client, table, key)
  return {source, key, needed, operators, soft, table: deletedFrom(table, needed, soft !== undefined)}
}

/** @throws QtoolError (usage) if the text is no path of a field */
function opSource(text: string, said: string): PathSource {
  const where = `${said} ${text}`
  const source = readSource(text, where)
  if (source.kind === 'path' && source.steps.length > 0 && !source.steps.includes(EACH)) return source
  throw usageError(
    `${where}: expected the path of the field that says what a record does`,
    'for example op, meta.op or $envelope.type; a key that looks like a constant is written ["true"]',
  )
}

function assertMayDelete({quoted}: Table, {mayDelete, maySelect, role}: UpsertFacts): void {
  if (mayDelete && maySelect) return
  throw new QtoolError(
    `--op-field: role ${role} may not ${mayDelete ? 'read' : 'delete rows of'} ${quoted}`,
    {
      code: 'NO_DELETE',
      kind: 'refused',
      suggestions: [
        `GRANT SELECT, DELETE ON ${quoted} TO ${role}`,
        'or name a column that marks deleted rows with --soft-delete',
      ],
    },
  )
}

/** Every row that is written says that it is not deleted. */
function assertMayInsert({quoted, columns}: Table, column: number, {role}: UpsertFacts): void {
  const {name, insertable} = columns[column]
  if (insertable) return
  throw new QtoolError(
    `--soft-delete names ${JSON.stringify(name)}, and role ${role} may not insert values of it`,
    {
      code: 'NO_UPDATE',
      kind: 'refused',
      suggestions: [`GRANT INSERT ON ${quoted} TO ${role}`],
    },
  )
}

function deletedFrom(table: Table, needed: number[], isSoft: boolean): Table {
  const {mayRewrite} = isSoft ? table.onUpdate : table.onDelete
  return {
    ...table,
    mayRewrite,
    foreignKeys: [],
    checks: [],
    otherKeys: [],
    columns: table.columns.map((column, index) => {
      const isNeeded = needed.includes(index)
      return {...column, notNull: false, hasDefault: !isNeeded, mayStayOut: !isNeeded, insertable: true}
    }),
  }
}

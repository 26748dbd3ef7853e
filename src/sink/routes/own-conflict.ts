import type {ClientBase} from 'pg'
import {type Conflict, conflictIn} from '../../config/conflict.ts'
import {splitNames, type TableColumn, tableColumn} from '../../config/table-columns.ts'
import {usageError} from '../../errors.ts'
import {type ResolvedTable, resolveTables} from '../catalog/resolve-tables.ts'

/** The parts that name columns: lists of them, or one for each table. */
const LISTS = ['key', 'updateColumns'] as const
const SINGLE = ['newestBy', 'softDelete'] as const
type Part = (typeof LISTS)[number] | (typeof SINGLE)[number]

const FLAGS = {
  key: '--key',
  updateColumns: '--update-columns',
  newestBy: '--newest-by',
  softDelete: '--soft-delete',
} as const

/**
 * How records of several tables meet the rows that have their keys. What is said of a table, as TABLE:COLUMN, counts for
 * that table; what is said of none, for each other table.
 */
export class OwnConflicts {
  readonly #said: Conflict
  readonly #tables: readonly ResolvedTable[]
  readonly #columns: ReadonlyMap<Part, TableColumn[]>

  /** @param tables of the routes @param columns with whole names of tables */
  constructor(said: Conflict, tables: readonly ResolvedTable[], columns: ReadonlyMap<Part, TableColumn[]>) {
    this.#said = said
    this.#tables = tables
    this.#columns = columns
    for (const part of columns.keys()) this.#assertUsed(part)
  }

  /** What was said, with the whole names of tables, as it is kept with the queue. */
  get whole(): Conflict {
    const names = (part: Part) => this.#columns.get(part)?.map(wholeName)
    return conflictIn({
      ...this.#said,
      key: names('key'),
      updateColumns: names('updateColumns'),
      newestBy: names('newestBy')?.join(','),
      softDelete: names('softDelete')?.join(','),
    })
  }

  /** What is said of one table. @param said its name in the route @throws QtoolError (usage) if it does not fit the table */
  of(said: string): Conflict {
    const table = this.#tables.find((one) => one.said === said)
    // Opening it says what is wrong with its name
    if (!table) return {}
    const {onConflict, opField, where} = this.#said
    return {
      onConflict,
      opField,
      key: this.#list('key', table),
      updateColumns: this.#list('updateColumns', table),
      newestBy: this.#single('newestBy', table),
      softDelete: this.#single('softDelete', table),
      where: {...where, table: said},
    }
  }

  #list(part: (typeof LISTS)[number], table: ResolvedTable): string[] | undefined {
    const columns = this.#of(part, table)
    const unknown = columns.find((one) => one.table === undefined && !table.columns.includes(one.column))
    if (unknown) {
      throw usageError(
        `${this.#words(part)} names ${JSON.stringify(unknown.column)}, which ${table.name} does not have`,
        `name its own: ${FLAGS[part]} ${table.name}:COLUMN`,
        `columns of ${table.name}: ${table.columns.join(', ')}`,
      )
    }
    return columns.length === 0 ? undefined : columns.map(({column}) => column)
  }

  #single(part: (typeof SINGLE)[number], table: ResolvedTable): string | undefined {
    const named = this.#of(part, table)
    const columns = named.filter((one) => one.table !== undefined || table.columns.includes(one.column))
    if (columns.length < 2) return columns[0]?.column
    const both = columns.map(({column}) => column).join(', ')
    throw usageError(
      `${this.#words(part)} names ${columns.length} columns of ${table.name}: ${both}`,
      `name one of them: ${FLAGS[part]} ${table.name}:${columns[0].column}`,
    )
  }

  /** Those that count for a table: its own, else those that are of no table. */
  #of(part: Part, {quoted}: ResolvedTable): TableColumn[] {
    const all = this.#columns.get(part) ?? []
    const own = all.filter(({table}) => table === quoted)
    return own.length > 0 ? own : all.filter(({table}) => table === undefined)
  }

  /** @throws QtoolError (usage) for a name that counts for no table */
  #assertUsed(part: Part): void {
    const all = this.#columns.get(part) ?? []
    const others = this.#tables.filter(({quoted}) => !all.some(({table}) => table === quoted))
    const isList = LISTS.some((one) => one === part)
    const counts = ({column}: TableColumn) => others.some(({columns}) => isList || columns.includes(column))
    const unused = all.find((one) => one.table === undefined && !counts(one))
    if (!unused) return
    const names = others.map(({name}) => name).join(', ')
    const why = names === '' ? 'and each table has its own' : `which none of ${names} has`
    throw usageError(`${this.#words(part)} names ${JSON.stringify(unused.column)}, ${why}`)
  }

  #words(part: Part): string {
    return this.#said.where?.[part] ?? FLAGS[part]
  }
}

/** @param routed the tables of the routes, as they are written @throws QtoolError (usage) */
export async function readOwnConflicts(
  client: ClientBase,
  said: Conflict,
  routed: readonly string[],
): Promise<OwnConflicts> {
  const wordsOf = (part: Part) => said.where?.[part] ?? FLAGS[part]
  const columns = new Map<Part, TableColumn[]>()
  for (const part of LISTS) {
    if (said[part])
      columns.set(
        part,
        said[part].map((name) => tableColumn(name, wordsOf(part))),
      )
  }
  for (const part of SINGLE) {
    const names = said[part] === undefined ? undefined : splitNames(said[part], wordsOf(part))
    if (names)
      columns.set(
        part,
        names.map((name) => tableColumn(name, wordsOf(part))),
      )
  }
  const named = [...columns.values()].flat().flatMap(({table}) => table ?? [])
  const found = await resolveTables(client, [...routed, ...named])
  const tables = found.filter((one) => routed.includes(one.said))
  for (const [part, all] of columns) {
    columns.set(
      part,
      all.map((one) => inWhole(one, found, tables, wordsOf(part))),
    )
  }
  return new OwnConflicts(said, tables, columns)
}

function inWhole(
  {table, column}: TableColumn,
  found: readonly ResolvedTable[],
  tables: readonly ResolvedTable[],
  where: string,
): TableColumn {
  if (table === undefined) return {column}
  const quoted = found.find(({said}) => said === table)?.quoted
  if (tables.some((one) => one.quoted === quoted)) return {table: quoted, column}
  const names = [...new Set(tables.map(({name}) => name))].join(', ')
  throw usageError(
    `${where} names the table ${table}, which no route leads to`,
    `tables of the routes: ${names}`,
  )
}

function wholeName({table, column}: TableColumn): string {
  return table === undefined ? column : `${table}:${column}`
}

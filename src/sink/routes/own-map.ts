import type {ClientBase} from 'pg'
import {parseSource} from '../../config/mapping/source.ts'
import {tableColumn} from '../../config/table-columns.ts'
import {usageError} from '../../errors.ts'
import {resolveTables} from '../catalog/resolve-tables.ts'

/** Where a column of several tables gets its value, or of one, as TABLE:COLUMN. */
export interface MapEntry {
  /** Quoted, with its schema; undefined for each table that has the column. */
  table?: string
  column: string
  /** As `parseSource` reads it. */
  source: string
  /** As it was written. */
  words: string
}

/** @param routed the tables of the routes, as they are written @throws QtoolError (usage) for a table of no route */
export async function readMapEntries(
  client: ClientBase,
  map: Readonly<Record<string, string>>,
  routed: readonly string[],
): Promise<MapEntry[]> {
  const tables = await resolveTables(client, routed)
  const isColumn = (name: string) => tables.some(({columns}) => columns.includes(name))
  const entries = Object.entries(map).map(([name, source]) => {
    const words = `--map ${name}=${source}`
    // A column may have a colon in its name
    return {...(isColumn(name) ? {column: name} : tableColumn(name, '--map')), source, words}
  })
  const named = await resolveTables(
    client,
    entries.flatMap(({table}) => table ?? []),
  )
  return entries.map((entry) => {
    if (entry.table === undefined) return entry
    const quoted = named.find(({said}) => said === entry.table)?.quoted
    if (tables.some((one) => one.quoted === quoted)) return {...entry, table: quoted}
    throw usageError(
      `${entry.words} names the table ${entry.table}, which no route leads to`,
      `tables of the routes: ${[...new Set(tables.map(({name}) => name))].join(', ')}`,
    )
  })
}

/** The entries that count for a table: its own before those of all. @param names its columns */
export function entriesFor(
  entries: readonly MapEntry[],
  {quoted, names, hasParents}: {quoted: string; names: ReadonlySet<string>; hasParents: boolean},
): Record<string, string> {
  const fit = entries.filter(({source}) => hasParents || !isOfParent(source))
  const shared = fit.filter(({table, column}) => table === undefined && names.has(column))
  const own = fit.filter(({table}) => table === quoted)
  return Object.fromEntries([...shared, ...own].map(({column, source}) => [column, source]))
}

/** Whether a source begins at the object around a record. */
export function isOfParent(text: string): boolean {
  const source = parseSource(text)
  return source.kind === 'path' && source.of === 'parent'
}

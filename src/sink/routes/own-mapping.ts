import type {RecordMapping} from '../../config/mapping/mapping.ts'
import {usageError} from '../../errors.ts'
import type {Table} from '../catalog/table.ts'
import type {Sink, SinkOptions} from '../sink.ts'
import {entriesFor, isOfParent, type MapEntry} from './own-map.ts'

/**
 * The part of a mapping for several tables that is about the columns of one of them. Where members have routes, values of
 * a parent are only for the tables of these.
 */
export function ownMapping(
  {columns, quoted}: Table,
  options: SinkOptions,
  {entries, hasParents}: {entries: readonly MapEntry[]; hasParents: boolean},
): SinkOptions {
  const names = new Set(columns.map(({name}) => name))
  const {rename, map, time} = options
  return {
    ...options,
    rename: only(rename, ([, column]) => names.has(column)),
    map: map && entriesFor(entries, {quoted, names, hasParents}),
    time: time && only(time, ([column]) => names.has(column)),
  }
}

/** @throws QtoolError (usage) if a part of the mapping is about a column that none of the tables has, or counts for none */
export function assertMapped(
  {rename, time = {}}: RecordMapping,
  entries: readonly MapEntry[],
  sinks: readonly Sink[],
): void {
  const said: Array<Pick<MapEntry, 'table' | 'column' | 'words'>> = [
    ...Object.entries(rename).map(([key, column]) => ({column, words: `--rename ${key}=${column}`})),
    ...entries,
    ...Object.entries(time).map(([column, unit]) => ({column, words: `--time ${column}=${unit}`})),
  ]
  for (const {table, column, words} of said) {
    const meant = sinks.filter((sink) => table === undefined || sink.table.quoted === table)
    if (having(meant, column).length > 0) continue
    const names = meant.map(({name}) => name).join(', ')
    throw usageError(`${words}: none of ${names} has a writable column ${JSON.stringify(column)}`)
  }
  for (const entry of entries) assertParents(entry, sinks)
}

/** @throws QtoolError (usage) if a value of the parent is for tables whose records have none */
function assertParents({table, column, source, words}: MapEntry, sinks: readonly Sink[]): void {
  const meant = having(sinks, column).filter((sink) => table === undefined || sink.table.quoted === table)
  if (!isOfParent(source) || meant.some(({options}) => options.map?.[column] === source)) return
  throw usageError(
    `${words}: the records for ${meant.map(({name}) => name).join(', ')} are items themselves, and have no parent`,
    "a route by a member gives its records one: --route 'lines[]:public.order_lines'",
  )
}

function having(sinks: readonly Sink[], column: string): Sink[] {
  return sinks.filter(({table}) => table.columns.some(({name}) => name === column))
}

function only<V extends string>(
  pairs: Readonly<Record<string, V>>,
  which: (pair: [string, V]) => boolean,
): Record<string, V> {
  return Object.fromEntries(Object.entries(pairs).filter(which)) as Record<string, V>
}

import type {RecordMapping} from '../../config/mapping/mapping.ts'
import {parseSource} from '../../config/mapping/source.ts'
import {usageError} from '../../errors.ts'
import type {Table} from '../catalog/table.ts'
import type {Sink, SinkOptions} from '../sink.ts'

/**
 * The part of a mapping for several tables that is about the columns of one of them. Where members have routes, values of
 * a parent are only for the tables of these.
 */
export function ownMapping({columns}: Table, options: SinkOptions, hasParents: boolean): SinkOptions {
  const names = new Set(columns.map(({name}) => name))
  const {rename, map, time} = options
  return {
    ...options,
    rename: only(rename, ([, column]) => names.has(column)),
    map: map && only(map, ([column, text]) => names.has(column) && (hasParents || !isOfParent(text))),
    time: time && only(time, ([column]) => names.has(column)),
  }
}

/** @throws QtoolError (usage) if a part of the mapping is about a column that none of the tables has */
export function assertMapped(mapping: RecordMapping, sinks: readonly Sink[]): void {
  const names = new Set(sinks.flatMap(({table}) => table.columns.map(({name}) => name)))
  const {rename, map = {}, time = {}} = mapping
  const said = [
    ...Object.entries(rename).map(([key, column]) => ({column, words: `--rename ${key}=${column}`})),
    ...Object.entries(map).map(([column, text]) => ({column, words: `--map ${column}=${text}`})),
    ...Object.entries(time).map(([column, unit]) => ({column, words: `--time ${column}=${unit}`})),
  ]
  const wrong = said.find(({column}) => !names.has(column))
  const tables = sinks.map(({name}) => name).join(', ')
  if (wrong) {
    throw usageError(
      `${wrong.words}: none of ${tables} has a writable column ${JSON.stringify(wrong.column)}`,
    )
  }
  assertParents(map, sinks)
}

/** @throws QtoolError (usage) if a value of the parent is for tables whose records have none */
function assertParents(map: Readonly<Record<string, string>>, sinks: readonly Sink[]): void {
  const idle = Object.entries(map).find(
    ([column, text]) => isOfParent(text) && sinks.every(({options}) => options.map?.[column] !== text),
  )
  if (!idle) return
  const [column, text] = idle
  const have = sinks.filter(({table}) => table.columns.some(({name}) => name === column))
  const names = have.map(({name}) => name).join(', ')
  throw usageError(
    `--map ${column}=${text}: the records for ${names} are items themselves, and have no parent`,
    "a route by a member gives its records one: --route 'lines[]:public.order_lines'",
  )
}

function isOfParent(text: string): boolean {
  const source = parseSource(text)
  return source.kind === 'path' && source.of === 'parent'
}

function only<V extends string>(
  pairs: Readonly<Record<string, V>>,
  which: (pair: [string, V]) => boolean,
): Record<string, V> {
  return Object.fromEntries(Object.entries(pairs).filter(which)) as Record<string, V>
}

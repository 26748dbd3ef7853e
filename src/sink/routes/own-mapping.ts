import type {RecordMapping} from '../../config/mapping/mapping.ts'
import {usageError} from '../../errors.ts'
import type {Table} from '../catalog/table.ts'
import type {Sink, SinkOptions} from '../sink.ts'

/** The part of a mapping for several tables that is about the columns of one of them. */
export function ownMapping({columns}: Table, options: SinkOptions): SinkOptions {
  const names = new Set(columns.map(({name}) => name))
  const {rename, map, time} = options
  return {
    ...options,
    rename: only(rename, ([, column]) => names.has(column)),
    map: map && only(map, ([column]) => names.has(column)),
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
  if (!wrong) return
  const tables = sinks.map(({name}) => name).join(', ')
  throw usageError(`${wrong.words}: none of ${tables} has a writable column ${JSON.stringify(wrong.column)}`)
}

function only<V extends string>(
  pairs: Readonly<Record<string, V>>,
  which: (pair: [string, V]) => boolean,
): Record<string, V> {
  return Object.fromEntries(Object.entries(pairs).filter(which)) as Record<string, V>
}

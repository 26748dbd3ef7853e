import {usageError} from '../../errors.ts'
import type {RecordMapping} from './mapping.ts'
import {readSource} from './parse-map.ts'
import type {Source} from './source.ts'

/** A column whose value does not come from the key of its own name. */
export interface Field {
  column: string
  source: Source
  /** As it was written, for messages. */
  words: string
}

/**
 * The columns of a mapping, however each was written.
 * @throws QtoolError (usage) if one column has two sources, or one that cannot be read
 */
export function fieldsOf({rename, map = {}}: RecordMapping): Field[] {
  const renamed = Object.entries(rename).map(([key, column]): Field => {
    return {column, source: {kind: 'renamed', key}, words: `--rename ${key}=${column}`}
  })
  const mapped = Object.entries(map).map(([column, text]): Field => {
    const words = `--map ${column}=${text}`
    return {column, source: readSource(text, words), words}
  })
  const known = new Map<string, Field>()
  for (const field of [...renamed, ...mapped]) {
    const other = known.get(field.column)
    if (other) {
      throw usageError(
        `${other.words} and ${field.words} both give the column ${JSON.stringify(field.column)}`,
      )
    }
    known.set(field.column, field)
  }
  return [...known.values()]
}

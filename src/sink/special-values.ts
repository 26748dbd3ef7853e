import type {Cause} from '../queue/dead-letter.ts'
import type {Sink} from './sink.ts'
import {specialCode} from './value-rule.ts'

/** Words that Postgres takes for a float or numeric, in any case, with blanks around them. */
const NOT_FINITE = /^\s*[+-]?(nan|inf|infinity)\s*$/i

/**
 * Why a record that Postgres would accept is still not meant, or undefined where its values are fine.
 * @param columns indexes of the columns whose text did not look plain
 */
export function specialCause(sink: Sink, text: Buffer, columns: number[]): Cause | undefined {
  const record: Record<string, unknown> = JSON.parse(text.toString())
  for (const index of columns) {
    const column = sink.table.columns[index]
    const value = String(record[sink.keyOf(column)])
    const code = specialCode(column.rule)
    const head = {reason: 'invalid', column: column.name} as const
    if (code === 'TS_FORMAT') {
      const message = `expected ${column.type} "${column.name}" in ISO 8601 such as 2026-11-24T06:30:00Z, got ${JSON.stringify(value)}`
      return {...head, code, message}
    }
    if (code === 'NOT_FINITE' && NOT_FINITE.test(value)) {
      return {
        ...head,
        code,
        message: `expected a finite number in "${column.name}", got ${JSON.stringify(value)}`,
      }
    }
  }
  return undefined
}

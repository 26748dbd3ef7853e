import type {Column} from '../sink/catalog/table.ts'
import {Holds} from '../sink/catalog/value-rule.ts'

export const NUMBERS: ReadonlySet<Holds> = new Set([Holds.Integer, Holds.Float, Holds.Numeric])
export const TIMES: ReadonlySet<Holds> = new Set([Holds.Timestamp, Holds.LocalTimestamp])

/** Types that already hold whatever looks like this. */
const NARROWER: Record<string, string[]> = {
  integer: ['bigint', 'numeric', 'real', 'double precision'],
  bigint: ['numeric', 'real', 'double precision'],
  numeric: ['real', 'double precision'],
}

/**
 * What follows TYPE in a statement that lets a column take other values and keeps those that it holds.
 * @param seen the type that the values look like
 * @returns undefined if no type is certain to help
 */
export function changedType(column: Column, seen: string | undefined): string | undefined {
  const {holds} = column.rule
  if (seen === undefined || holds === Holds.Json) return undefined
  const type = commonType(holds, seen)
  if (type === column.type || NARROWER[type]?.includes(column.type)) return undefined
  if (type !== 'jsonb') return type
  // Postgres converts no default along with the values
  return column.hasDefault ? undefined : `jsonb USING to_jsonb(${column.quoted})`
}

/** A type for what a column holds and for what was seen. To all but jsonb, Postgres converts without being told how. */
function commonType(holds: Holds, seen: string): string {
  if (holds === Holds.Nested) return 'jsonb'
  if (seen === 'jsonb') return holds === Holds.Text ? 'text' : 'jsonb'
  if (NUMBERS.has(holds) && ['integer', 'bigint', 'numeric'].includes(seen)) return seen
  if (holds === Holds.Date && seen === 'timestamp with time zone') return seen
  return 'text'
}

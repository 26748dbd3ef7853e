import {escapeLine} from './escape.ts'
import {clipWidth} from './table.ts'

/** Long enough for whole names: constraints differ in their ends as often as in their beginnings. */
const LONGEST = 40

/** What refused a record, as far as Postgres reports it. */
export interface Place {
  column: string | null
  constraint: string | null
  /** The table that a foreign key refers to. */
  parent: string | null
}

/** `placed_at`, or `orders_customer_fkey → customers`. */
export function placeOf({column, constraint, parent}: Place): string {
  if (constraint === null) return clipWidth(escapeLine(column ?? '-'), LONGEST)
  const target = parent === null ? '' : ` → ${escapeLine(parent)}`
  return `${clipWidth(escapeLine(constraint), LONGEST)}${clipWidth(target, LONGEST)}`
}

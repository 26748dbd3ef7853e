import {escapeLine} from './escape.ts'
import {clipWidth} from './table.ts'

/** Constraints are told apart by their ends as often as by their beginnings. */
const LONGEST = 40

/** What refused a record, as far as Postgres says. */
interface Place {
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

/** What Postgres says of a missing parent names the constraint alone, which stands beside it. */
export function errorBeside({parent}: Place, error: string | null): string {
  return parent === null ? escapeLine(error ?? '-') : 'parent row missing'
}

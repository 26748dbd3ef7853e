import {escapeLine} from './escape.ts'
import {type Place, placeOf} from './letter-place.ts'
import {wrapped} from './wrap.ts'

/** `foreign_key 23503  orders_customer_fkey → customers`: what letters failed for, and where. */
export function kindOf(kind: Place & {reason: string; code: string | null; table: string | null}): string {
  const {reason, code, column, constraint, table} = kind
  const named = [escapeLine(reason), ...(code === null ? [] : [escapeLine(code)])].join(' ')
  const place = column === null && constraint === null ? '' : `  ${placeOf(kind)}`
  return `${named}${place}${table === null ? '' : ` in ${escapeLine(table)}`}`
}

const INDENT = '   '

/** A line of words below a line of figures, wrapped at the width of the terminal. */
export function indented(line: string, width: number): string {
  return wrapped(line, {width, first: INDENT, rest: INDENT})
}

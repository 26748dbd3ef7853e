import type {Obstacle} from '../letters/obstacles.ts'
import {escapeLine} from './escape.ts'
import {count} from './format.ts'

/** How many values are listed for an obstacle; JSON has more. */
const NAMED = 10

type Wanted = Pick<Obstacle, 'parent' | 'distinct'> & {top: Array<{value: string; records: number}>}

/** The missing parents, most wanted first: records are refused until they exist. Undefined if it misses none. */
export function wanted({parent, distinct, top}: Wanted): string | undefined {
  if (parent === null || distinct === 0) return undefined
  const table = escapeLine(parent)
  if (distinct === 1) return `missing: ${table} ${escapeLine(top[0].value)}`
  const named = top.slice(0, NAMED).map(({value, records: n}) => `${escapeLine(value)} (${count(n)})`)
  const most = distinct > named.length ? `, of which the ${named.length} most wanted` : ''
  return `missing: ${count(distinct)} different ${table}${most}: ${named.join(', ')}`
}

import type {Obstacle} from '../../letters/obstacles.ts'
import type {DiagnoseResult} from '../../operations/diagnose-letters.ts'
import {count, plural} from '../format.ts'

/** Values that are named; the rest is counted. */
const NAMED = 5

/** What the answer of Postgres comes to. */
export function verdictWords({matched, passing, failing, unknown, table}: DiagnoseResult): string {
  if (matched === 0) return 'no dead letter is there to be asked about'
  if (matched === 1) return oneVerdict({passing, failing, table})
  const parts = [`${count(passing)} of ${plural(matched, 'dead letter')} would be written to ${table} now`]
  if (failing > 0) parts.push(`${count(failing)} would fail again`)
  if (unknown > 0) parts.push(`${count(unknown)} cannot be judged here`)
  return parts.join('; ')
}

function oneVerdict({
  passing,
  failing,
  table,
}: Pick<DiagnoseResult, 'passing' | 'failing' | 'table'>): string {
  if (passing === 1) return `it would be written to ${table} now`
  return failing === 1 ? 'it would fail again' : 'it cannot be judged here'
}

/** Why letters would fail again, e.g. `1,200 letters miss 3 different flights: a (800), b (399), c (1)`. */
export function obstacleWords({state, letters, parent, distinct, top, column}: Obstacle): string {
  const who = plural(letters, 'letter')
  const verb = (one: string, many: string) => (letters === 1 ? one : many)
  const values = valueWords({distinct, top})
  if (state === 'unknown') return `${who} cannot be judged here`
  if (parent !== null && values !== '') {
    const what = distinct === 1 ? parent : `${count(distinct)} different ${parent}`
    return `${who} ${verb('misses', 'miss')} ${what}${distinct === 1 ? ' ' : ': '}${values}`
  }
  const where = column !== null && values !== '' ? `; ${column} is ${values}` : ''
  return `${who} would fail again${where}`
}

function valueWords({distinct, top}: Pick<Obstacle, 'distinct' | 'top'>): string {
  if (distinct === 0) return ''
  if (distinct === 1) return top[0].value
  const named = top.slice(0, NAMED).map(({value, records}) => `${value} (${count(records)})`)
  const rest = distinct - named.length
  return [...named, ...(rest > 0 ? [`and ${count(rest)} more`] : [])].join(', ')
}

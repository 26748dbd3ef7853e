import type {Diagnosis} from '../letters/diagnose.ts'
import type {Obstacle} from '../letters/obstacles.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {errorBeside, placeOf} from './letter-place.ts'
import {grid} from './table.ts'

/** How many values are listed for an obstacle; JSON has more. */
const NAMED = 10

/** Which dead letters would be written now, and what blocks the others. */
export function renderDiagnosis(queue: string, table: string, diagnosis: Diagnosis, width: number): string {
  const {matched, passing, failing, unknown, obstacles, moreObstacles} = diagnosis
  if (matched === 0) return `queue ${queue}: no dead letter matches`
  const parts = [`${count(passing)} of ${plural(matched, 'dead letter')} would be written to ${table} now`]
  if (failing > 0) parts.push(`${count(failing)} would fail again`)
  if (unknown > 0) parts.push(`${count(unknown)} cannot be judged here`)
  const lines = [parts.join('; ')]
  if (obstacles.length > 0) lines.push(renderObstacles(obstacles, width))
  lines.push(...obstacles.flatMap((obstacle) => wanted(obstacle)))
  if (moreObstacles > 0) lines.push(`and ${plural(moreObstacles, 'more obstacle')}; -n shows more`)
  if (passing > 0) lines.push(next(passing, matched))
  return lines.join('\n')
}

function next(passing: number, matched: number): string {
  return passing === matched
    ? '"qtool dlq replay" puts them back'
    : '"qtool dlq replay --only-passing" puts back those that would be written'
}

function renderObstacles(obstacles: Obstacle[], width: number): string {
  const rows = obstacles.map((obstacle) => [
    count(obstacle.letters),
    escapeLine(obstacle.state === 'unknown' ? 'not judged' : obstacle.reason),
    escapeLine(obstacle.code),
    placeOf(obstacle),
    errorBeside(obstacle, obstacle.error),
  ])
  return grid(
    [
      {title: 'letters', align: 'right'},
      {title: 'reason'},
      {title: 'code', from: 100},
      {title: 'column or constraint'},
      {title: 'blocked by', flexible: true},
    ],
    rows,
    width,
  )
}

/** The missing parents, most frequent first: a replay fails until they exist. */
function wanted({parent, letters, distinct, top}: Obstacle): string[] {
  if (parent === null || distinct === 0) return []
  const who = `${plural(letters, 'letter')} ${letters === 1 ? 'misses' : 'miss'}`
  const table = escapeLine(parent)
  if (distinct === 1) return [`${who} ${table} ${escapeLine(top[0].value)}`]
  const named = top.slice(0, NAMED).map(({value, letters: n}) => `${escapeLine(value)} (${count(n)})`)
  const most = distinct > named.length ? `; the ${named.length} most frequent` : ''
  return [`${who} ${count(distinct)} different ${table}${most}: ${named.join(', ')}`]
}

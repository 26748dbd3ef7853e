import type {Diagnosis} from '../letters/diagnose.ts'
import type {Obstacle} from '../letters/obstacles.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {indented, kindOf} from './letter-kind.ts'
import {wanted} from './obstacle-words.ts'
import {grid} from './table.ts'

/** Which dead letters would be written now, and what blocks the others. */
export function renderDiagnosis(queue: string, table: string, diagnosis: Diagnosis, width: number): string {
  const {matched, passing, failing, unknown, several, obstacles, moreObstacles} = diagnosis
  if (matched === 0) return `queue ${queue}: no dead letter matches`
  const parts = [`${count(passing)} of ${plural(matched, 'dead letter')} would be written to ${table} now`]
  if (failing > 0) parts.push(`${count(failing)} would fail again`)
  if (unknown > 0) parts.push(`${count(unknown)} cannot be judged here`)
  const lines = [parts.join('; ')]
  if (obstacles.length > 0) lines.push(renderObstacles(obstacles, width))
  if (several > 0)
    lines.push(`${plural(several, 'letter')} ${several === 1 ? 'has' : 'have'} more than one obstacle`)
  if (moreObstacles > 0) lines.push(`and ${plural(moreObstacles, 'more obstacle')}; -n shows more`)
  if (passing > 0) lines.push(next(queue, passing === matched))
  return lines.join('\n')
}

function next(queue: string, areAll: boolean): string {
  return areAll ? `next: qtool dlq replay ${queue}` : `next: qtool dlq replay ${queue} --only-passing`
}

/** A line of figures for each obstacle, and below it what it is. */
function renderObstacles(obstacles: Obstacle[], width: number): string {
  const table = grid(
    [
      {title: 'letters', align: 'right'},
      {title: 'by it alone', align: 'right'},
      {title: 'records', align: 'right'},
    ],
    obstacles.map(({letters, alone, records}) => [count(letters), count(alone), count(records)]),
  )
  const [titles, ...rows] = table.split('\n')
  return [titles, ...rows.flatMap((row, i) => [row, ...wordsOf(obstacles[i], width)])].join('\n')
}

function wordsOf(obstacle: Obstacle, width: number): string[] {
  const {state, reason, error} = obstacle
  const kind = kindOf({...obstacle, reason: state === 'unknown' ? `not judged: ${reason}` : reason})
  return [kind, wanted(obstacle) ?? escapeLine(error)].map((line) => indented(line, width))
}

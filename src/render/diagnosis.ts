import type {Diagnosis} from '../letters/diagnose.ts'
import type {Obstacle} from '../letters/obstacles.ts'
import {escapeLine} from './escape.ts'
import {fitLines} from './fit-lines.ts'
import {count, plural} from './format.ts'
import {shortKind} from './letter-groups-short.ts'
import {indented, kindOf} from './letter-kind.ts'
import {wanted} from './obstacle-words.ts'
import {PLAIN, type Style} from './style.ts'
import {type GridColumn, grid} from './table.ts'
import {wholeThatFit} from './whole-blocks.ts'

export interface DiagnosisView {
  /** Of the terminal, in columns. */
  width: number
  /** Lines of the terminal; a pipe has no end. */
  height: number
  style?: Style
  /** Flags said how records become rows: the workers, and so a replay, may do it in another way. */
  isOwnMapping?: boolean
}

/** Which dead letters would be written now, and what blocks the others. */
export function renderDiagnosis(
  queue: string,
  table: string,
  diagnosis: Diagnosis,
  {width, height, style = PLAIN, isOwnMapping = false}: DiagnosisView,
): string {
  const {matched, passing, failing, unknown, several, obstacles, moreObstacles} = diagnosis
  if (matched === 0) return `queue ${queue}: no dead letter matches`
  const parts = [`${count(passing)} of ${plural(matched, 'dead letter')} would be written to ${table} now`]
  if (failing > 0) parts.push(`${count(failing)} would fail again`)
  if (unknown > 0) parts.push(`${count(unknown)} cannot be judged here`)
  const above = parts.join('; ')
  const below: string[] = []
  if (several > 0)
    below.push(`${plural(several, 'letter')} ${several === 1 ? 'has' : 'have'} more than one obstacle`)
  if (moreObstacles > 0) below.push(`and ${plural(moreObstacles, 'more obstacle')}; -n shows more`)
  if (passing > 0) below.push(next(queue, passing === matched, isOwnMapping))
  const room = height - fitLines([above, ...below].join('\n'), width).split('\n').length
  const found = obstacles.length > 0 ? renderObstacles(obstacles, {width, room, style}) : []
  return [above, ...found, ...below].join('\n')
}

function next(queue: string, areAll: boolean, isOwnMapping: boolean): string {
  const replay = `qtool dlq replay ${queue}${areAll ? '' : ' --only-passing'}`
  return isOwnMapping
    ? `next: qtool work ${queue} --rebind with these flags, then ${replay}`
    : `next: ${replay}`
}

const FIGURES: GridColumn[] = [
  {title: 'letters', align: 'right'},
  {title: 'with no other', align: 'right'},
  {title: 'records', align: 'right'},
]

const figuresOf = ({letters, alone, records}: Obstacle) => [count(letters), count(alone), count(records)]

/**
 * A line of figures for each obstacle, and below it what it is. Where that is more than the screen holds, the worst are
 * shown so, and each of the others in one line.
 */
function renderObstacles(
  obstacles: readonly Obstacle[],
  {width, room, style}: {width: number; room: number; style: Style},
): string[] {
  const [titles, ...rows] = grid(FIGURES, obstacles.map(figuresOf)).split('\n')
  const blocks = rows.map((row, i) => [row, ...wordsOf(obstacles[i], {width, style})])
  const whole = wholeThatFit(blocks, {room, all: obstacles.length})
  const lines = [style.faint(titles), ...blocks.slice(0, whole).flat()]
  const rest = obstacles.slice(whole)
  if (rest.length === 0) return lines
  const table = grid([...FIGURES, {title: 'obstacle'}], rest.map(shortly), width)
  const [shortTitles, ...short] = table.split('\n')
  return [...lines, style.faint(shortTitles), ...short]
}

const shortly = (obstacle: Obstacle) => [...figuresOf(obstacle), shortKind(obstacle)]

function wordsOf(obstacle: Obstacle, {width, style}: {width: number; style: Style}): string[] {
  const {state, reason, error} = obstacle
  const kind = kindOf({...obstacle, reason: state === 'unknown' ? `not judged: ${reason}` : reason})
  const why = indented(wanted(obstacle) ?? escapeLine(error), width)
  return [...indented(kind, width).split('\n'), ...why.split('\n').map(style.faint)]
}

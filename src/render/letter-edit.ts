import type {EditCount} from '../letters/edit/run-edit.ts'
import type {EditPlan, EditResult} from '../operations/edit-letters.ts'
import type {Judged} from '../operations/judge-edits.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {placeOf} from './letter-place.ts'
import {clipWidth} from './table.ts'
import {wrapped} from './wrap.ts'

/** What the user is asked before payloads are changed. */
export function editQuestion({queue, affected}: EditPlan): string {
  return `change the payload of ${plural(affected, 'dead letter')} of queue ${queue}`
}

/** The same where nothing else of the plan is shown. */
export function editSentence(plan: EditPlan): string {
  const {judged, affected} = plan
  return judged ? `${editQuestion(plan)}; ${judgedText(judged, affected)}` : editQuestion(plan)
}

/** What would be changed, what would not, and what would pass. */
export function renderPlan(plan: EditPlan, width: number): string {
  const {judged, affected} = plan
  const passing = judged ? [judgedText(judged, affected)] : []
  return [...exampleLines(plan, width), ...leftAloneLines(plan, width), ...passing].join('\n')
}

/** The first few payloads, before and after the edit. */
function exampleLines({examples, edited}: EditCount, width: number): string[] {
  const lines = examples.flatMap(({id, before, after}) => {
    const room = Math.max(width - 10, 20)
    const [from, to] = fromDifference(escapeLine(before), escapeLine(after), room)
    return [escapeLine(id), `  before  ${clipWidth(from, room)}`, `  after   ${clipWidth(to, room)}`]
  })
  return edited > examples.length
    ? [...lines, `and ${plural(edited - examples.length, 'more dead letter')}`]
    : lines
}

/** Characters shown before the first difference. */
const LEAD = 12

/** Both texts from shortly before their first difference on, where it would be cut off otherwise. */
function fromDifference(before: string, after: string, room: number): [string, string] {
  let same = 0
  while (same < before.length && before[same] === after[same]) same++
  const from = Math.max(before.length, after.length) <= room ? 0 : Math.max(0, same - LEAD)
  const rest = (text: string) => (from === 0 ? text : `…${text.slice(from)}`)
  return [rest(before), rest(after)]
}

function leftAloneLines({leftAlone}: EditCount, width: number): string[] {
  return leftAlone.map(({why, records, example}) => {
    const whose = `${plural(records, 'record')} left alone: ${records === 1 ? 'it' : 'each'} ${escapeLine(why)}`
    return wrapped(`${whose}, e.g. ${escapeLine(example)}`, {width, first: '', rest: '  '})
  })
}

/** What Postgres says of the first edited letters. @param edited all of them */
function judgedText({letters, passing, failing, unknown, obstacles}: Judged, edited: number): string {
  const of =
    letters === edited ? `${count(passing)} of them` : `${count(passing)} of the first ${count(letters)}`
  const why = obstacles.map((one) => {
    const {reason, code, column, constraint} = one
    return `${escapeLine(reason)} ${escapeLine(code)}${(column ?? constraint) ? ` ${placeOf(one)}` : ''}`
  })
  const rest = [
    ...(failing > 0 ? [`${count(failing)} would fail again`] : []),
    ...(unknown > 0 ? [`${count(unknown)} cannot be judged`] : []),
  ]
  const reasons = rest.length > 0 && why.length > 0 ? ` (${why.join(', ')})` : ''
  return `${of} would be written now${rest.length > 0 ? `; ${rest.join('; ')}${reasons}` : ''}`
}

/** Renders what an edit changed. */
export function renderEdit(
  result: EditResult,
  {dryRun, width, isInterrupted = false}: {dryRun: boolean; width: number; isInterrupted?: boolean},
): string {
  const {queue, matched, edited, skipped, later, judged, trash} = result
  const would = dryRun ? 'would be changed' : 'changed'
  const lines = [`queue ${queue}: ${count(edited)} of ${plural(matched, 'dead letter')} ${would}`]
  if (dryRun) lines.push(...exampleLines(result, width))
  lines.push(...leftAloneLines(result, width))
  const said = result.leftAlone.reduce((sum, {records}) => sum + records, 0)
  if (skipped > said && !isInterrupted) {
    lines.push(
      `${count(skipped - said)} skipped: identical to another letter, or removed by others meanwhile`,
    )
  }
  if (later > 0) lines.push(`${count(later)} skipped: failed after this started`)
  if (dryRun && judged) lines.push(judgedText(judged, edited))
  if (trash !== null) lines.push(`"qtool undo ${trash} -q ${queue}" restores them for 24 hours`)
  return lines.join('\n')
}

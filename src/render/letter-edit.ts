import type {SetResult} from '../letters/run-set.ts'
import type {SetPlan} from '../operations/set-in-letters.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {clipWidth} from './table.ts'

/** What the user is asked before payloads are changed. */
export function editQuestion({queue, affected}: SetPlan): string {
  return `change the payload of ${plural(affected, 'dead letter')} of queue ${queue}`
}

/** The first few payloads, before and after the edit. */
export function renderExamples({examples, edited}: SetResult, width: number): string {
  const lines = examples.flatMap(({id, before, after}) => [
    escapeLine(id),
    `  before  ${clipWidth(escapeLine(before), Math.max(width - 10, 20))}`,
    `  after   ${clipWidth(escapeLine(after), Math.max(width - 10, 20))}`,
  ])
  const more = edited > examples.length ? [`and ${plural(edited - examples.length, 'more dead letter')}`] : []
  return [...lines, ...more].join('\n')
}

/** Renders what an edit changed. */
export function renderEdit(
  result: SetResult & {queue: string; trash: string | null},
  {dryRun, width}: {dryRun: boolean; width: number},
): string {
  const {queue, matched, edited, skipped, later, trash} = result
  const would = dryRun ? 'would be changed' : 'changed'
  const lines = [`queue ${queue}: ${count(edited)} of ${plural(matched, 'dead letter')} ${would}`]
  if (dryRun && edited > 0) lines.push(renderExamples(result, width))
  if (skipped > 0) {
    lines.push(
      `${count(skipped)} skipped (not a JSON object, path not found, no change, or identical to another letter)`,
    )
  }
  if (later > 0) lines.push(`${count(later)} skipped: failed after this started`)
  if (trash !== null) lines.push(`"qtool undo ${trash} -q ${queue}" restores them for 24 hours`)
  return lines.join('\n')
}

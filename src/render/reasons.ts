import type {FailureTimes} from '../queue/letters/letter-span.ts'
import {escapeLine} from './escape.ts'
import {count, moment, plural} from './format.ts'
import {clipWidth, grid} from './table.ts'

/** How many reasons are shown; JSON has them all. */
const MOST_REASONS = 10

/** How many of them have room in a line. */
const IN_SHORT = 3

/** Limits the reasons that other programs write, which may be whole sentences. */
const LONGEST_REASON = 24

/** Dead letters by reason; the counts add up to all of them. */
export interface Reasons {
  deadLettersByReason: Record<string, number>
  foreignDeadLetters: number
  timesByReason: Record<string, FailureTimes>
  foreignTimes: FailureTimes | null
}

/** Renders how many letters failed for each reason, and when the first and the last did. */
export function renderReasons(queue: string, reasons: Reasons): string {
  const {deadLettersByReason, foreignDeadLetters, timesByReason, foreignTimes} = reasons
  const all = Object.entries(deadLettersByReason)
  const shown = all.slice(0, MOST_REASONS)
  const rows = shown.map(([reason, letters]) =>
    rowOf(clipWidth(escapeLine(reason), LONGEST_REASON), letters, timesByReason[reason]),
  )
  const rest = all.slice(MOST_REASONS)
  if (rest.length > 0) {
    const letters = rest.reduce((sum, [, n]) => sum + n, 0)
    rows.push([`and ${plural(rest.length, 'more reason')}`, count(letters), '', ''])
  }
  if (foreignDeadLetters > 0) {
    rows.push(rowOf('from other programs', foreignDeadLetters, foreignTimes ?? undefined))
  }
  const columns = [
    {title: 'reason'},
    {title: 'letters', align: 'right'} as const,
    {title: 'first failed'},
    {title: 'last failed'},
  ]
  const table = grid(columns, rows)
  return [...Object.values(timesByReason), foreignTimes].some(isLoose)
    ? `${table}\n ≥ at or after, ≤ at or before; "qtool dlq list -q ${queue} --all" is exact`
    : table
}

/** `invalid 83, foreign_key 60 and 12 more`: the most frequent reasons, in a line. */
export function reasonsInShort({deadLettersByReason, foreignDeadLetters}: Reasons): string {
  const all = Object.entries(deadLettersByReason).map(
    ([reason, letters]) => `${clipWidth(escapeLine(reason), LONGEST_REASON)} ${count(letters)}`,
  )
  if (foreignDeadLetters > 0) all.push(`from other programs ${count(foreignDeadLetters)}`)
  const rest = all.length - IN_SHORT
  return all.slice(0, IN_SHORT).join(', ') + (rest > 0 ? ` and ${plural(rest, 'more reason')}` : '')
}

function isLoose(times: FailureTimes | null): boolean {
  if (times === null) return false
  const {firstFailedAt, isFirstExact, lastFailedAt, isLastExact} = times
  return (firstFailedAt !== null && !isFirstExact) || (lastFailedAt !== null && !isLastExact)
}

function rowOf(name: string, letters: number, times: FailureTimes | undefined): string[] {
  const {firstFailedAt = null, isFirstExact, lastFailedAt = null, isLastExact} = times ?? {}
  const cell = (time: string | null, isExact: boolean | undefined, mark: string) =>
    time === null || isExact ? moment(time) : `${mark} ${moment(time)}`
  return [name, count(letters), cell(firstFailedAt, isFirstExact, '≥'), cell(lastFailedAt, isLastExact, '≤')]
}

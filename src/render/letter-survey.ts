import type {DeadLetterView} from '../queue/letters/letter.ts'
import type {LetterSurvey} from '../queue/letters/letter-survey.ts'
import {escapeLine} from './escape.ts'
import {count, moment, plural} from './format.ts'
import {renderGroups} from './letter-groups.ts'
import {LONGEST_REASON, renderReasons} from './reasons.ts'
import {clipWidth, grid} from './table.ts'

/** Renders dead letters by reason and error, and the newest of them. */
export function renderSurvey(queue: string, survey: LetterSurvey, width: number): string {
  const {deadLetters, matched, grouped, groups, items} = survey
  if (deadLetters === 0) return `queue ${queue} has no dead letters`
  if (matched === 0) {
    return `queue ${queue}: no dead letter matches the filter (${count(deadLetters)} in total)${searched(survey)}`
  }
  const parts = [heading(queue, survey), renderReasons(queue, survey), renderGroups(groups, width)]
  if (grouped < matched) {
    parts.push(`groups of the newest ${count(grouped)} of ${count(matched)}; --all reads every letter`)
  }
  if (items.length > 0) parts.push(renderItems(items, width))
  if (items.length > 0 && items.length < matched) {
    parts.push(`the newest ${count(items.length)}; -n shows more, "qtool dlq show ID" shows one in full`)
  }
  parts.push('every dlq command takes --group, and acts on that line alone')
  return parts.join('\n\n')
}

function heading(queue: string, survey: LetterSurvey): string {
  const {deadLetters, matched, grouped, records} = survey
  const of = matched === deadLetters ? '' : `${count(matched)} of `
  const held =
    records === grouped ? '' : `, with ${count(records)} records${grouped < matched ? ' in those read' : ''}`
  return `queue ${queue}: ${of}${plural(deadLetters, 'dead letter')}${held}${searched(survey)}${since(survey)}`
}

/** What was read for a filter that matches only some of the letters. */
function searched({deadLetters, matched, searched: {letters, since, before}}: LetterSurvey): string {
  if (matched === deadLetters) return ''
  const times = [
    ...(since ? [`since ${moment(since)}`] : []),
    ...(before ? [`before ${moment(before)}`] : []),
  ]
  const which = times.length === 0 ? '' : `, those that failed ${times.join(' and ')}`
  return `\nsearched ${letters === deadLetters ? 'all ' : ''}${plural(letters, 'letter')}${which}`
}

/** The first and last failure of the letters. */
function since({firstFailedAt, lastFailedAt}: LetterSurvey): string {
  if (firstFailedAt === null) return ''
  return `\nfirst failure ${moment(firstFailedAt)}, last failure ${moment(lastFailedAt)}`
}

function renderItems(items: DeadLetterView[], width: number): string {
  const rows = items.map((letter) => [
    moment(letter.failedAt),
    clipWidth(escapeLine(letter.reason), LONGEST_REASON),
    escapeLine(letter.id),
    escapeLine(letter.detail ?? letter.message ?? letter.payload),
  ])
  const columns = [
    {title: 'failed', from: 110},
    {title: 'reason', from: 80},
    {title: 'id'},
    {title: 'error', flexible: true} as const,
  ]
  return grid(columns, rows, width)
}

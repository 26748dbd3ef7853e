import type {LetterSurvey} from '../queue/letters/letter-survey.ts'
import {fitLines} from './fit-lines.ts'
import {count, moment, plural} from './format.ts'
import {MOST_WHOLE, renderGroups} from './letter-groups.ts'
import {renderLetters} from './letter-lines.ts'
import {renderReasons} from './reasons.ts'
import {PLAIN, type Style} from './style.ts'

export interface SurveyView {
  /** Of the terminal, in columns. */
  width: number
  /** Lines of the terminal that are free; a pipe has no end. */
  height?: number
  /** Letters to show one by one, if they were asked for. */
  letters?: number
  style?: Style
}

/** Renders dead letters by reason and error, and, if asked for, the newest of them. */
export function renderSurvey(queue: string, survey: LetterSurvey, view: SurveyView): string {
  const {width, height = Number.POSITIVE_INFINITY, letters = 0, style = PLAIN} = view
  const {deadLetters, matched, grouped, groups} = survey
  if (deadLetters === 0) return `queue ${queue} has no dead letters`
  if (matched === 0) {
    return `queue ${queue}: no dead letter matches the filter (${count(deadLetters)} in total)${searched(survey)}`
  }
  const above = [heading(queue, survey)]
  // Where every letter has its group and every group its line, the groups say more than the reasons do
  if (grouped < matched || groups.length > MOST_WHOLE) above.push(renderReasons(queue, survey))
  if (grouped < matched) {
    const newest = `only the newest ${count(grouped)} of ${count(matched)} are grouped; --all groups every letter`
    above.push(style.warning(newest))
  }
  const items = survey.items.slice(0, letters)
  const below =
    items.length > 0 ? [renderLetters(items, width, style), nextOf(queue, survey, items.length)] : []
  below.push(hint(groups.length, items.length > 0))
  const taken = fitLines([...above, ...below].join('\n\n'), width).split('\n').length
  // A blank line between the groups and what is below them
  const room = height - taken - 1
  return [...above, renderGroups(groups, {width, room, style}), ...below].join('\n\n')
}

function nextOf(queue: string, {matched}: LetterSurvey, shown: number): string {
  const more = shown < matched ? `the newest ${count(shown)}; ` : ''
  return `${more}"qtool dlq show ID -q ${queue}" shows one in full`
}

function hint(groups: number, hasLetters: boolean): string {
  const next = [
    groups === 1 ? '--by PATH for values' : '--group ID for one group',
    ...(hasLetters ? [] : ['-n 20 for letters']),
    'dlq diagnose for what passes',
  ]
  return `next: ${next.join(', ')}`
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

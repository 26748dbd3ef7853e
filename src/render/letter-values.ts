import type {ValuesBy} from '../letters/values-by.ts'
import type {LetterSurvey} from '../queue/letters/letter-survey.ts'
import {escapeLine} from './escape.ts'
import {count, percent, plural} from './format.ts'
import {grid} from './table.ts'

/** The values that dead letters have somewhere. No value is cut, since it may differ from others only in its end. */
export function renderValues(
  {queue, matched, deadLetters}: LetterSurvey & {queue: string},
  {by, values, distinct, isComplete, without}: ValuesBy,
): string {
  const name = escapeLine(by)
  if (matched === 0) return `queue ${queue}: no dead letter matches (${count(deadLetters)} in total)`
  const of = matched === deadLetters ? '' : `${count(matched)} of `
  const lines = [`queue ${queue}: ${of}${plural(deadLetters, 'dead letter')} by ${name}`]
  if (values.length > 0) lines.push(table(name, values))
  const rest = distinct - values.length
  if (rest > 0) lines.push(`and ${isComplete ? '' : 'at least '}${plural(rest, 'more value')}; -n shows more`)
  if (without.records > 0) {
    const {letters, records} = without
    lines.push(`${plural(records, 'record')} of ${plural(letters, 'letter')} without ${name}`)
  }
  return lines.join('\n')
}

function table(name: string, values: ValuesBy['values']): string {
  return grid(
    [
      {title: 'letters', align: 'right'},
      {title: 'records', align: 'right'},
      {title: 'share', align: 'right'},
      {title: name},
    ],
    values.map(({value, letters, records, share}) => [
      count(letters),
      count(records),
      percent(share),
      escapeLine(value),
    ]),
  )
}

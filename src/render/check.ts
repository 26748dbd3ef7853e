import type {CheckObstacle} from '../check/check-report.ts'
import type {CheckResult} from '../operations/check.ts'
import {escapeLine} from './escape.ts'
import {count, plural} from './format.ts'
import {indented, kindOf} from './letter-kind.ts'
import {wanted} from './obstacle-words.ts'
import {grid} from './table.ts'
import {tableWords} from './table-counts.ts'

/** What would become of the records of files. */
export function renderCheck(result: CheckResult, width: number): string {
  const {read, records, obstacles, moreObstacles, proposals} = result
  if (read === 0) return 'no records were read'
  const lines = [verdict(result), ...counts(result), ...tableLines(result)]
  if (obstacles.length > 0) lines.push('', renderObstacles(obstacles, width))
  if (moreObstacles > 0) lines.push(`and ${plural(moreObstacles, 'more obstacle')}; -n shows more`)
  if (result.unknownKeys.length > 0) lines.push('', renderKeys(result))
  if (records > 0) lines.push(...renderMissing(result))
  const helping = proposals.flatMap(({sql, flag}) => sql ?? (flag === null ? [] : `qtool work ${flag}`))
  if (helping.length > 0) {
    lines.push('', 'what may help (nothing was run):', ...helping.map((one) => `  ${escapeLine(one)}`))
  }
  const hindered = proposals.filter(({hindrances}) => hindrances.length > 0)
  if (hindered.length > 0) {
    lines.push('', 'another type, or a column, would help, but something stands in the way:')
    const words = hindered.map(
      ({table, subject, hindrances}) => `${inTable(table, subject)}: ${hindrances.join('; ')}`,
    )
    lines.push(...words.map((one) => `  ${escapeLine(one)}`))
  }
  return lines.join('\n')
}

function verdict({table, records, read, passing, refused, unknown}: CheckResult): string {
  const all =
    records === read ? plural(read, 'record') : `${plural(records, 'record')} of ${count(read)} read`
  const parts = [`${count(passing)} of ${all} would pass in ${escapeLine(table)}`]
  if (refused > 0) parts.push(`${count(refused)} would be refused`)
  if (unknown > 0) parts.push(`${count(unknown)} cannot be judged here`)
  return parts.join('; ')
}

/** A line for each table, if there are several. */
function tableLines({tables}: CheckResult): string[] {
  const all = Object.entries(tables)
  if (all.length < 2) return []
  return all.map(([table, of]) => {
    const words = tableWords({...of, deadLettered: 0})
    return `${escapeLine(table)}: ${words}${of.refused > 0 ? `, ${count(of.refused)} refused` : ''}`
  })
}

function counts({
  updated,
  superseded,
  alreadyThere,
  repeated,
  suppressed,
  duplicates,
  empty,
  deleted,
  alreadyGone,
}: CheckResult): string[] {
  const lines: string[] = []
  if (updated > 0) lines.push(`${count(updated)} would update the row that has the key`)
  if (superseded > 0)
    lines.push(
      `${count(superseded)} ${superseded === 1 ? 'gives' : 'give'} way to a newer record with the same key`,
    )
  const there = alreadyThere - repeated
  if (there > 0) lines.push(`${count(there)} ${there === 1 ? 'is' : 'are'} there already, by the key`)
  if (repeated > 0)
    lines.push(`${count(repeated)} ${repeated === 1 ? 'repeats' : 'repeat'} the key of an earlier record`)
  if (deleted > 0) lines.push(`${count(deleted)} would delete a row`)
  if (alreadyGone > 0) lines.push(`${count(alreadyGone)} would delete a row that is already gone`)
  if (suppressed > 0) lines.push(`${count(suppressed)} would be dropped by a trigger or rule of the table`)
  if (duplicates > 0)
    lines.push(
      `${count(duplicates)} ${duplicates === 1 ? 'is' : 'are'} identical to an earlier one, which a sorted set keeps once`,
    )
  if (empty > 0) lines.push(`${plural(empty, 'item')} without a record`)
  return lines
}

/** A line of figures for each obstacle, and below it what it is, and a record that meets it. */
function renderObstacles(obstacles: CheckObstacle[], width: number): string {
  const table = grid(
    [{title: 'records', align: 'right'}, {title: 'for example'}],
    obstacles.map(({records, example}) => [count(records), escapeLine(example)]),
  )
  const [titles, ...rows] = table.split('\n')
  return [titles, ...rows.flatMap((row, i) => [row, ...wordsOf(obstacles[i], width)])].join('\n')
}

function wordsOf(obstacle: CheckObstacle, width: number): string[] {
  const {state, reason, error, exampleText} = obstacle
  const kind = kindOf({...obstacle, reason: state === 'unknown' ? `not judged: ${reason}` : reason})
  return [kind, wanted(obstacle) ?? escapeLine(error), escapeLine(exampleText)].map((line) =>
    indented(line, width),
  )
}

function renderKeys({unknownKeys: keys, unknownKeyCount: total, isMapped}: CheckResult): string {
  const title = isMapped ? 'value that the mapping gives no column' : 'key without a column'
  const table = grid(
    [{title}, {title: 'records', align: 'right'}, {title: 'for example'}],
    keys.map(({table: of, key, records, example}) => [
      escapeLine(inTable(of, key)),
      count(records),
      escapeLine(example),
    ]),
  )
  const named = keys.reduce((sum, {records}) => sum + records, 0)
  return total > named ? `${table}\nand ${count(total - named)} more values without a column` : table
}

/** With the table, if there are several, and in quotes where blanks could not be seen otherwise. */
function inTable(table: string | null, name: string): string {
  const shown = name === '' || name.trim() !== name ? JSON.stringify(name) : name
  return table === null ? shown : `${table}: ${shown}`
}

function renderMissing({missingColumns}: CheckResult): string[] {
  const names = (refuses: boolean) =>
    missingColumns
      .filter((one) => one.refuses === refuses)
      .map(({table, column}) => escapeLine(inTable(table, column)))
      .join(', ')
  const [needed, others] = [names(true), names(false)]
  return [
    ...(needed === '' ? [] : ['', `no record gives these columns, which need a value: ${needed}`]),
    ...(others === '' ? [] : ['', `no record gives: ${others}`]),
  ]
}

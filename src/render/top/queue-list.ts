import type {JudgedRow} from '../../monitor/judged-row.ts'
import type {Signs} from '../bench/signs.ts'
import {count, duration} from '../format.ts'
import {type Column, table} from './columns.ts'
import {lineOf, type Piece, padded} from './line.ts'
import {sparkline} from './spark.ts'
import {verdictWords} from './verdict-words.ts'
import type {Place, TopView} from './view.ts'

/** The marks before each row. */
const CHOSEN = '> '
const OTHER = '  '

/** Columns of the bars of each queue, at least and at most. */
const SPARK = {least: 8, most: 30}

/** Titles and as many queues as fit into `height` lines, with the chosen one among them. */
export function queueList(view: TopView, place: Place, height: number): string[] {
  const {width, style} = place
  const rows = view.rows ?? []
  const shown = windowOf(rows, view.chosen, height - 1)
  const {title, rows: texts} = table(columnsOf(shown, view, place), width - CHOSEN.length)
  return [
    lineOf([{text: `${OTHER}${title}`, as: 'faint'}], width, style),
    ...shown.map((row, i) => lineOf(pieces(row, texts[i], row.queue === view.chosen, width), width, style)),
  ]
}

/** The rows around the chosen one. */
function windowOf(rows: readonly JudgedRow[], chosen: string | undefined, height: number) {
  const at = rows.findIndex(({queue}) => queue === chosen)
  const from = Math.max(0, Math.min(at - Math.floor(height / 2), rows.length - height))
  return rows.slice(from, from + Math.max(0, height))
}

/** The chosen row is shown as one bar; in the others the verdict stands out. */
function pieces({verdict}: JudgedRow, text: string, isChosen: boolean, width: number): Piece[] {
  if (isChosen) return [{text: padded(`${CHOSEN}${text}`, width), as: 'chosen'}]
  const words = verdictWords(verdict)
  const at = text.indexOf(words)
  if (verdict.level === 'ok' || at < 0) return [`${OTHER}${text}`]
  return [`${OTHER}${text.slice(0, at)}`, {text: words, as: verdict.level}, text.slice(at + words.length)]
}

function columnsOf(rows: readonly JudgedRow[], view: TopView, {signs}: Place): Column[] {
  return [
    {title: 'queue', least: 12, most: 40, cells: rows.map(({queue}) => queue)},
    {title: 'state', least: 14, cells: rows.map(({verdict}) => verdictWords(verdict))},
    figures('ready', rows, (row) => row.ready, count),
    figures('leased', rows, (row) => row.leased, count, 5),
    figures('oldest', rows, (row) => row.oldestMs, duration, 4),
    figures('in/s', rows, (row) => row.inPerSecond, count, 3),
    figures('out/s', rows, (row) => row.outPerSecond, count, 2),
    figures('dead', rows, (row) => row.deadLetters, count),
    figures('workers', rows, (row) => row.workers, count, 1),
    ...backlogColumn(rows, view, signs),
  ]
}

/** Left out where nobody has watched, as for a single view. */
function backlogColumn(rows: readonly JudgedRow[], {backlogs}: TopView, signs: Signs): Column[] {
  if (rows.every(({queue}) => backlogs(queue).length === 0)) return []
  const cells = (width: number) =>
    rows.map(({queue}) => sparkline(backlogs(queue).slice(-width), width, signs))
  return [{title: 'backlog', spare: 6, ...SPARK, cells}]
}

function figures(
  title: string,
  rows: readonly JudgedRow[],
  figure: (row: JudgedRow) => number | null,
  write: (value: number) => string,
  spare?: number,
): Column {
  const cells = rows.map((row) => {
    const value = figure(row)
    return value === null ? '-' : write(value)
  })
  return {title, right: true, spare, cells}
}

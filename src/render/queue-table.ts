import type {JudgedRow} from '../monitor/judged-row.ts'
import {fitColumns} from './bench/fit-columns.ts'
import type {SheetColumn} from './bench/sheet.ts'
import {UNICODE} from './bench/signs.ts'
import {forecastWords} from './forecast.ts'
import {bytes, change, count, duration, rate, roughly} from './format.ts'
import type {ListPlace} from './list-place.ts'
import {clipMiddle} from './table.ts'
import {verdictWords} from './top/verdict-words.ts'

/** Columns that a name has at least. */
const LEAST_NAME = 12

type Figure = (row: JudgedRow) => number | null

/** One line for each queue. Where there is no room, what matters least on call is left out first. */
export function queueTable(rows: JudgedRow[], {width, style, before}: ListPlace): string {
  const isAlike = rows.every((row) => engineWords(row) === engineWords(rows[0]))
  // A name of 128 characters must not take the room of the other columns; usual ones are there to be copied
  const most = Math.max(LEAST_NAME, Math.floor(width / (width < 80 ? 4 : 3)))
  const table = fitColumns(
    [
      {title: 'queue', cells: rows.map((row) => clipMiddle(row.queue, most))},
      {
        title: 'state',
        least: width < 60 ? 15 : 21,
        cells: rows.map(stateWords),
        paint: (cell, i) => paintOf(rows[i], style)(cell),
      },
      {title: 'empty in', spare: 1, cells: rows.map(forecastWords)},
      figures('ready', rows, (row) => row.ready, count),
      ...changes(rows, before, (row) => row.ready, 4),
      {...figures('leased', rows, (row) => row.leased, count), spare: 8},
      figures('dead', rows, (row) => row.deadLetters, count),
      ...changes(rows, before, (row) => row.deadLetters, 5),
      {...figures('oldest', rows, (row) => row.oldestMs, duration), spare: 6},
      {...figures('in/s', rows, (row) => row.lastMinute?.inPerSecond ?? null, rate), spare: 3},
      {...figures('out/s', rows, (row) => row.lastMinute?.outPerSecond ?? null, rate), spare: 2},
      {...figures('refused/s', rows, (row) => row.lastMinute?.refusedPerSecond ?? null, rate), spare: 7},
      {...figures('workers', rows, (row) => row.workers, count), spare: 9},
      ...memoryColumn(rows),
      {title: 'engine', spare: isAlike ? 11 : 3, cells: rows.map(engineWords)},
    ],
    width,
    UNICODE,
  )
  const [titles, ...lines] = table.split('\n')
  return [style.faint(titles), ...lines].join('\n')
}

function engineWords({engine, shards, payload}: JudgedRow): string {
  const jobs = payload === null || payload === 'json' ? '' : ` (${payload})`
  return `${engine ?? '-'}${shards === null ? '' : ` ×${shards}`}${jobs}`
}

function figures(
  title: string,
  rows: JudgedRow[],
  figure: Figure,
  write: (value: number) => string,
): SheetColumn {
  const cells = rows.map((row) => {
    const value = figure(row)
    return value === null ? '-' : write(value)
  })
  return {title, right: true, cells}
}

/** By how much a figure has changed since the list before. */
function changes(
  rows: JudgedRow[],
  before: ListPlace['before'],
  figure: Figure,
  spare: number,
): SheetColumn[] {
  if (!before) return []
  const known = new Map(before.queues.map((row) => [row.queue, figure(row)]))
  const cells = rows.map((row) => {
    const [was, is] = [known.get(row.queue) ?? null, figure(row)]
    return was === null || is === null ? '' : change(is - was)
  })
  return [{title: '±', right: true, spare, cells}]
}

/** Of ready items and dead letters, if it was measured. */
function memoryColumn(rows: JudgedRow[]): SheetColumn[] {
  if (rows.every(({memory}) => memory === null)) return []
  const cells = rows.map(({memory}) => {
    if (!memory?.ready || !memory.deadLetters) return '-'
    const {ready, deadLetters} = memory
    const about = ready.isEstimate || deadLetters.isEstimate ? '~' : ''
    return `${about}${bytes(ready.bytes + deadLetters.bytes)}`
  })
  return [{title: 'memory', right: true, spare: 10, cells}]
}

function stateWords(row: JudgedRow): string {
  const {verdict, problem, pauseEndsInMs, overdueLeases} = row
  const more = [
    ...(problem === null ? [] : [problem]),
    ...(pauseEndsInMs === null ? [] : [`${roughly(pauseEndsInMs)} left`]),
    ...(overdueLeases ? [`${count(overdueLeases)} overdue`] : []),
  ]
  return [problem === null ? verdictWords(verdict) : '! ', ...more].join(problem === null ? ', ' : ' ')
}

function paintOf({verdict}: JudgedRow, style: ListPlace['style']): (text: string) => string {
  if (verdict.level !== 'ok') return style[verdict.level]
  return verdict.text === 'working' || verdict.text === 'draining' ? style.good : style.faint
}

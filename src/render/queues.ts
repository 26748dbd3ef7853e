import type {QueueRow} from '../queue/survey/queue-row.ts'
import type {QueueList} from '../queue/survey/queue-survey.ts'
import {fitColumns} from './bench/fit-columns.ts'
import type {SheetColumn} from './bench/sheet.ts'
import {UNICODE} from './bench/signs.ts'
import {escapeLine} from './escape.ts'
import {bytes, count, duration, plural} from './format.ts'
import {readFromLines} from './replica.ts'
import {clipWidth} from './table.ts'

/** Lines beside the rows: the sum, the titles, hidden columns, hidden rows, foreign names, and the prompt. */
const OTHER_LINES = 7

/** Columns that a name has at least. */
const LEAST_NAME = 20

export interface ListPlace {
  /** Columns of the terminal. */
  width: number
  /** Lines of the terminal, for a list that must fit; without it every queue is shown. */
  height?: number
  /** The glob that chose the queues. */
  match?: string
}

/** The queues of a Redis, or what to do if there are none. */
export function renderQueues(list: QueueList, {width, height, match}: ListPlace): string {
  const sources = readFromLines(list.readFrom)
  const most = height === undefined ? list.queues.length : Math.max(1, height - OTHER_LINES - sources.length)
  const rows = list.queues.slice(0, most)
  const hidden = list.queues.length - rows.length
  return [
    ...sources,
    ...(rows.length === 0 ? [emptyWords(list, match)] : [sumWords(list), table(rows, width)]),
    ...(hidden > 0 ? [`and ${plural(hidden, 'more queue')}; --sort and --match choose which are shown`] : []),
    ...foreignWords(list.foreign),
  ].join('\n')
}

function emptyWords({keys}: QueueList, match: string | undefined): string {
  if (match !== undefined) return `no queue matches ${JSON.stringify(match)}; "qtool queues" shows all`
  const none =
    keys === null
      ? 'no queue on this Redis yet'
      : keys === 0
        ? 'this Redis is empty'
        : `no queue among the ${plural(keys, 'key')} of this Redis`
  return `${none}; "qtool enqueue -q NAME FILE" makes one`
}

function sumWords({queues, ratesOverMs}: QueueList): string {
  const sum = (figure: (row: QueueRow) => number | null) =>
    queues.reduce((all, row) => all + (figure(row) ?? 0), 0)
  const ready = count(sum((row) => row.ready))
  const leased = count(sum((row) => row.leased))
  const letters = plural(
    sum((row) => row.deadLetters),
    'dead letter',
  )
  const rates = ratesOverMs === null ? '' : `; rates over ${duration(ratesOverMs)}`
  return `${plural(queues.length, 'queue')}: ${ready} ready, ${leased} leased, ${letters}${rates}`
}

function table(rows: QueueRow[], width: number): string {
  const isAlike = rows.every((row) => engineWords(row) === engineWords(rows[0]))
  // A name of 128 characters must not take the room of the other columns
  const names = rows.map((row) => clipWidth(row.queue, Math.max(LEAST_NAME, Math.floor(width / 3))))
  return fitColumns(
    [
      {title: 'queue', least: LEAST_NAME, cells: names},
      {title: 'engine', spare: isAlike ? 5 : undefined, cells: rows.map(engineWords)},
      figures('ready', rows, (row) => row.ready, count),
      {...figures('leased', rows, (row) => row.leased, count), spare: 4},
      figures('dead', rows, (row) => row.deadLetters, count),
      figures('oldest', rows, (row) => row.oldestMs, duration),
      {...figures('in/s', rows, (row) => row.inPerSecond, count), spare: 2},
      {...figures('out/s', rows, (row) => row.outPerSecond, count), spare: 2},
      {...figures('workers', rows, (row) => row.workers, count), spare: 1},
      ...memoryColumn(rows),
      ...stateColumn(rows),
    ],
    width,
    UNICODE,
  )
}

function engineWords({engine, shards}: QueueRow): string {
  return `${engine ?? '-'}${shards === null ? '' : ` ×${shards}`}`
}

function figures(
  title: string,
  rows: QueueRow[],
  figure: (row: QueueRow) => number | null,
  write: (value: number) => string,
): SheetColumn {
  const cells = rows.map((row) => {
    const value = figure(row)
    return value === null ? '-' : write(value)
  })
  return {title, right: true, cells}
}

/** Of ready items and dead letters, if it was measured. */
function memoryColumn(rows: QueueRow[]): SheetColumn[] {
  if (rows.every(({memory}) => memory === null)) return []
  const cells = rows.map(({memory}) => {
    if (!memory?.ready || !memory.deadLetters) return '-'
    const {ready, deadLetters} = memory
    const about = ready.isEstimate || deadLetters.isEstimate ? '~' : ''
    return `${about}${bytes(ready.bytes + deadLetters.bytes)}`
  })
  return [{title: 'memory', right: true, spare: 3, cells}]
}

/** What is unusual about a queue, if anything is about any. */
function stateColumn(rows: QueueRow[]): SheetColumn[] {
  const cells = rows.map(
    (row) => row.problem ?? [pauseWords(row), overdueWords(row)].filter(Boolean).join(', '),
  )
  return cells.every((cell) => cell === '') ? [] : [{title: 'state', least: 16, cells}]
}

function pauseWords({paused, pauseEndsInMs}: QueueRow): string {
  if (!paused) return ''
  return pauseEndsInMs === null ? 'paused' : `paused, ${duration(pauseEndsInMs)} left`
}

function overdueWords({overdueLeases}: QueueRow): string {
  return overdueLeases ? `${plural(overdueLeases, 'lease')} overdue` : ''
}

function foreignWords({keys, examples}: QueueList['foreign']): string[] {
  if (keys === 0) return []
  const names = examples.map((name) => JSON.stringify(clip(name)))
  return [
    `${plural(keys, 'key')} under "queue:" ${keys === 1 ? 'has a name' : 'have names'} that no queue of qtool may have, such as ${escapeLine(names.join(', '))}`,
  ]
}

/** Foreign keys may be long. */
function clip(name: string): string {
  return name.length > 40 ? `${name.slice(0, 40)}…` : name
}

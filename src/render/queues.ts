import type {JudgedRow} from '../monitor/judged-row.ts'
import type {JudgedList} from '../monitor/survey-monitor.ts'
import {foreignWords} from './foreign-names.ts'
import {count, plural} from './format.ts'
import type {ListPlace} from './list-place.ts'
import {queueTable} from './queue-table.ts'
import {readFromLines} from './replica.ts'
import {unreachableLines} from './unreachable.ts'
import {wrapped} from './wrap.ts'

/** Lines of the table beside its rows, the titles and the columns that are hidden, and how many rows are hidden. */
const TABLE_LINES = 5

/** The queues of a Redis, or what to do if there are none. */
export function renderQueues(list: JudgedList, place: ListPlace): string {
  const {width, height = Number.POSITIVE_INFINITY, match} = place
  const worst = worstWords(list.queues, place)
  const sum = list.queues.length === 0 ? emptyWords(list, match) : sumWords(list)
  const missing = unreachableLines(list.unreachable).map((line) => place.style.critical(flow(line, width)))
  const above = [...missing, ...[...readFromLines(list.readFrom), sum].map((line) => flow(line, width))]
  const below = [
    ...(worst === undefined ? [] : [worst]),
    ...foreignWords(list.foreign).map((line) => flow(line, width)),
  ]
  const others = [...above, ...below].join('\n').split('\n').length + TABLE_LINES
  const rows = list.queues.slice(0, Math.max(1, height - others))
  const hidden = list.queues.length - rows.length
  return [
    ...above,
    ...(rows.length === 0 ? [] : [queueTable(rows, place)]),
    ...(hidden > 0 ? [`and ${plural(hidden, 'more queue')}; --sort and --match choose which are shown`] : []),
    ...below,
  ].join('\n')
}

function flow(text: string, width: number): string {
  return wrapped(text, {width, first: '', rest: '  '})
}

function emptyWords({keys}: JudgedList, match: string | undefined): string {
  if (match !== undefined) return `no queue matches ${JSON.stringify(match)}; "qtool queues" shows all`
  const none =
    keys === null
      ? 'no queue on this Redis yet'
      : keys === 0
        ? 'this Redis is empty'
        : `no queue among the ${plural(keys, 'key')} of this Redis`
  return `${none}; "qtool enqueue -q NAME FILE" makes one`
}

function sumWords({queues, ratesOverMs}: JudgedList): string {
  const sum = (figure: (row: JudgedRow) => number | null) =>
    queues.reduce((all, row) => all + (figure(row) ?? 0), 0)
  const ready = count(sum((row) => row.ready))
  const leased = count(sum((row) => row.leased))
  const letters = plural(
    sum((row) => row.deadLetters),
    'dead letter',
  )
  const isCounted = queues.some(({lastMinute}) => lastMinute !== null)
  const rates = ratesOverMs === null && !isCounted ? '' : `; records/s of the last minute`
  return `${plural(queues.length, 'queue')}: ${ready} ready, ${leased} leased, ${letters}${rates}`
}

/** The reason for the verdict on the worst queue. */
function worstWords(rows: JudgedRow[], {width, style}: ListPlace): string | undefined {
  const ranked = ['critical', 'warning'] as const
  const level = ranked.find((one) => rows.some(({verdict}) => verdict.level === one))
  const worst = rows.find(({verdict, problem}) => verdict.level === level && problem === null)
  if (!level || !worst) return undefined
  const {queue, verdict} = worst
  return style[level](flow(`${queue}: ${verdict.reason}`, width))
}

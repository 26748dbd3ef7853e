import type {QueueInspection} from '../queue/inspect.ts'
import {hasAges} from '../queue/kinds.ts'
import type {MemoryUsage} from '../queue/memory-usage.ts'
import type {MendedTimes} from '../queue/verify-counts.ts'
import {escapeLine} from './escape.ts'
import {bytes, count, duration, moment, plural} from './format.ts'
import {jobWords, placeWords} from './place.ts'
import {renderReasons} from './reasons.ts'
import {underReadFrom} from './replica.ts'
import {spreadWords} from './spread.ts'
import {PLAIN, type Style} from './style.ts'
import {clipWidth, grid, pairs} from './table.ts'
import {writtenWords} from './written.ts'

const NOT_PERMITTED = 'not permitted for this Redis user'

/** Everything `inspect` found, the queue first. */
export function renderInspection(found: QueueInspection, style: Style = PLAIN): string {
  const text = [
    ...found.warnings.map((warning) => style.warning(`warning: ${warning}`)),
    ...renderVerified(found),
    renderQueue(found, style),
    ...(found.deadLetters > 0 ? [`dead letters\n${renderReasons(found.queue, found)}`] : []),
    renderWorkers(found.workers),
    renderMemory(found),
    renderClients(found),
    renderSlowlog(found.slowlog),
  ].join('\n\n')
  return underReadFrom(found.readFrom, text)
}

/** One of several views; starts with the changes since the last one. */
export function renderView(
  found: QueueInspection,
  before: QueueInspection | undefined,
  style: Style = PLAIN,
): string {
  const change = before ? `${renderChange(before, found)}\n\n` : ''
  return `${change}${renderInspection(found, style)}`
}

function renderChange(before: QueueInspection, now: QueueInspection): string {
  const seconds = Math.max((Date.parse(now.at) - Date.parse(before.at)) / 1000, 0.001)
  const rate = (name: keyof QueueInspection['totals']) =>
    `${count((now.totals[name] - before.totals[name]) / seconds)}/s`
  const change = (name: 'ready' | 'leased' | 'deadLetters') => {
    const by = now[name] - before[name]
    return `${by < 0 ? '-' : '+'}${count(Math.abs(by))}`
  }
  return [
    `since ${moment(before.at)}`,
    `enqueued ${rate('enqueued')}`,
    `written ${rate('inserted')}`,
    `ready ${change('ready')}`,
    `leased ${change('leased')}`,
    `dead letters ${change('deadLetters')}`,
  ].join(', ')
}

function renderQueue(found: QueueInspection, style: Style): string {
  const {totals} = found
  const overdue = found.overdueLeases > 0 ? `, ${count(found.overdueLeases)} overdue` : ''
  const about = found.isLeasedEstimate ? 'about ' : ''
  const place = placeWords(found)
  const jobs = jobWords(found.payload)
  const age: Array<[string, string]> = hasAges(found.engine)
    ? [['oldest item', found.oldestMs === null ? '-' : duration(found.oldestMs)]]
    : []
  const title = `queue ${found.queue}${pauseWords(found)}, ${moment(found.at)}`
  const overdueLook = found.overdueLeases > 0 ? style.warning : (text: string) => text
  const deadLook = found.deadLetters > 0 ? style.bad : (text: string) => text
  return `${style.strong(title)}\n${pairs([
    ...(place === '' ? [] : [['kept as', place] as [string, string]]),
    ...(found.spread ? [['spread over', spreadWords(found.spread)] as [string, string]] : []),
    ...(jobs === '' ? [] : [['items', jobs] as [string, string]]),
    ['ready', plural(found.ready, 'item')],
    [
      'leased',
      `${about}${plural(found.leased, 'item')} in ${plural(found.leases, 'lease')}${overdueLook(overdue)}`,
    ],
    ['dead letters', deadLook(count(found.deadLetters))],
    ['failed', failedWords(found)],
    ...age,
    ['enqueued', `${plural(totals.enqueued, 'record')} by qtool`],
    ['written', writtenWords(totals)],
  ])}`
}

function pauseWords({paused, pauseEndsInMs}: QueueInspection): string {
  if (!paused) return ''
  return pauseEndsInMs === null ? ', paused' : `, paused for ${duration(pauseEndsInMs)} more`
}

function failedWords({deadLetters, firstFailedAt, lastFailedAt}: QueueInspection): string {
  if (deadLetters === 0) return '-'
  if (firstFailedAt === null || lastFailedAt === null) return 'unknown time'
  return firstFailedAt === lastFailedAt
    ? moment(firstFailedAt)
    : `first ${moment(firstFailedAt)}, last ${moment(lastFailedAt)}`
}

function renderVerified({verified}: QueueInspection): string[] {
  if (!verified) return []
  const {letters, mended, mendedTimes} = verified
  const counted = `counted ${plural(letters, 'dead letter')}`
  if (mended.length + mendedTimes.length === 0) return [`${counted}: all counters are correct`]
  const rows = mended.map(({counter, before, after}) => [escapeLine(counter), count(before), count(after)])
  const columns = [
    {title: 'counter'},
    {title: 'was', align: 'right'} as const,
    {title: 'is', align: 'right'} as const,
  ]
  rows.push(...mendedTimes.flatMap(timeRows))
  const head = `${counted}: ${plural(rows.length, 'counter')} corrected`
  return [`${head}\n${grid(columns, rows)}`]
}

/** Times that were wrong, in full, since they may differ by milliseconds. */
function timeRows({reason, before, after}: MendedTimes): string[][] {
  const rows = (['firstFailedAt', 'lastFailedAt'] as const).map((end) => [
    `${end === 'firstFailedAt' ? 'first' : 'last'} failure, ${escapeLine(reason)}`,
    before[end] ?? 'unknown',
    after[end] ?? 'unknown',
  ])
  return rows.filter(([, was, is]) => was !== is)
}

/** Each process with the state of its circuit breakers. */
function renderWorkers(workers: QueueInspection['workers']): string {
  if (workers.length === 0) return 'workers\n none'
  const words: Record<string, string> = {closed: 'ok', open: 'down', 'half-open': 'probing'}
  const rows = workers.map((worker) => [
    escapeLine(worker.host),
    String(worker.pid),
    count(worker.workers),
    worker.recordsPerSecond === null ? '-' : count(worker.recordsPerSecond),
    words[worker.redis] ?? escapeLine(worker.redis),
    words[worker.postgres] ?? escapeLine(worker.postgres),
    escapeLine(worker.version ?? '-'),
  ])
  const columns = [
    {title: 'host'},
    {title: 'process', align: 'right'} as const,
    {title: 'concurrency', align: 'right'} as const,
    {title: 'records/s', align: 'right'} as const,
    {title: 'Redis'},
    {title: 'Postgres'},
    {title: 'version'},
  ]
  return `workers\n${grid(columns, rows)}`
}

function renderMemory({memory, server}: QueueInspection): string {
  const queue: Array<[string, string]> = [
    ['ready items', memoryWords(memory.ready)],
    ['dead letters', memoryWords(memory.deadLetters)],
  ]
  if (!server) return `memory\n${pairs([...queue, ['server', NOT_PERMITTED]])}`
  const limit = server.maxBytes === 0 ? 'none' : bytes(server.maxBytes)
  return `memory\n${pairs([
    ...queue,
    ['used', `${bytes(server.usedBytes)}, peak ${bytes(server.peakBytes)}`],
    ['limit', `${limit}, policy ${escapeLine(server.policy)}`],
    ['fragmentation', server.fragmentation.toFixed(2)],
  ])}`
}

function memoryWords(usage: MemoryUsage | null): string {
  if (usage === null) return NOT_PERMITTED
  return usage.isEstimate ? `about ${bytes(usage.bytes)}` : bytes(usage.bytes)
}

function renderClients({server}: QueueInspection): string {
  if (!server) return `clients\n ${NOT_PERMITTED}`
  const {connected, max, blocked} = server.clients
  return `clients\n${pairs([['connected', `${count(connected)} of ${count(max)}, ${count(blocked)} blocked`]])}`
}

function renderSlowlog(slowlog: QueueInspection['slowlog']): string {
  if (slowlog === null) return `slow log\n ${NOT_PERMITTED}`
  if (slowlog.length === 0) return 'slow log\n empty'
  const rows = slowlog.map((entry) => [
    moment(entry.at),
    count(entry.micros / 1000),
    clipWidth(escapeLine(entry.command), 60),
  ])
  return `slow log\n${grid([{title: 'at'}, {title: 'ms', align: 'right'}, {title: 'command'}], rows)}`
}

import type {QueueInspection} from '../queue/inspect.ts'
import type {MemoryUsage} from '../queue/memory-usage.ts'
import {escapeLine} from './escape.ts'
import {bytes, count, moment, plural} from './format.ts'
import type {Section} from './sections.ts'
import {clipWidth, grid, pairs} from './table.ts'

const NOT_PERMITTED = 'not permitted for this Redis user'

/** Each process with the state of its circuit breakers. */
export function workersSection({workers}: QueueInspection): Section {
  const name = 'workers'
  if (workers.length === 0) return {name, text: ' none', short: 'none'}
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
  return {name, text: grid(columns, rows), short: workersInShort(workers)}
}

function workersInShort(workers: QueueInspection['workers']): string {
  const rate = workers.reduce((sum, {recordsPerSecond}) => sum + (recordsPerSecond ?? 0), 0)
  const cut = workers.filter(({redis, postgres}) => redis !== 'closed' || postgres !== 'closed').length
  return [
    plural(workers.length, 'process'),
    `${count(rate)} records/s`,
    ...(cut > 0 ? [`${count(cut)} without one of their servers`] : []),
  ].join(', ')
}

export function memorySection({memory, server}: QueueInspection): Section {
  const name = 'memory'
  const ready = memoryWords(memory.ready)
  const deadLetters = memoryWords(memory.deadLetters)
  const queue: Array<[string, string]> = [
    ['ready items', ready],
    ['dead letters', deadLetters],
  ]
  if (!server) return {name, text: pairs([...queue, ['server', NOT_PERMITTED]]), short: NOT_PERMITTED}
  const limit = server.maxBytes === 0 ? 'none' : bytes(server.maxBytes)
  const text = pairs([
    ...queue,
    ['used', `${bytes(server.usedBytes)}, peak ${bytes(server.peakBytes)}`],
    ['limit', `${limit}, policy ${escapeLine(server.policy)}`],
    ['fragmentation', server.fragmentation.toFixed(2)],
  ])
  const short = `${bytes(server.usedBytes)} used, limit ${limit}; ready items ${ready}, dead letters ${deadLetters}`
  return {name, text, short}
}

function memoryWords(usage: MemoryUsage | null): string {
  if (usage === null) return NOT_PERMITTED
  return usage.isEstimate ? `about ${bytes(usage.bytes)}` : bytes(usage.bytes)
}

export function clientsSection({server}: QueueInspection): Section {
  const name = 'clients'
  if (!server) return {name, text: ` ${NOT_PERMITTED}`, short: NOT_PERMITTED}
  const {connected, max, blocked} = server.clients
  const [of, waiting] = [`${count(connected)} of ${count(max)}`, `${count(blocked)} blocked`]
  const text = pairs([['connected', `${of}, ${waiting}`]])
  return {name, text, short: `${of} connected, ${waiting}`}
}

export function slowLogSection({slowlog}: QueueInspection): Section {
  const name = 'slow log'
  if (slowlog === null) return {name, text: ` ${NOT_PERMITTED}`, short: NOT_PERMITTED}
  if (slowlog.length === 0) return {name, text: ' empty', short: 'empty'}
  const rows = slowlog.map((entry) => [
    moment(entry.at),
    count(entry.micros / 1000),
    clipWidth(escapeLine(entry.command), 60),
  ])
  const text = grid([{title: 'at'}, {title: 'ms', align: 'right'}, {title: 'command'}], rows)
  const [slowest] = [...slowlog].sort((a, b) => b.micros - a.micros)
  const words = `${count(slowest.micros / 1000)} ms ${clipWidth(escapeLine(slowest.command), 40)}`
  return {name, text, short: `${plural(slowlog.length, 'command')}, the slowest ${words}`}
}

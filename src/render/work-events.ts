import {REBALANCE} from '../queue/pause.ts'
import {countSettled, type Written} from '../record/outcomes.ts'
import type {ServerEvent, Started, UnknownKey, WorkEvent} from '../worker/events.ts'
import {escapeLine} from './escape.ts'
import {count, duration, moment, plural} from './format.ts'
import {ofTables} from './table-counts.ts'

export type Level = 'info' | 'warning' | 'error'

/** How much an event matters. */
export function levelOf(event: WorkEvent): Level {
  switch (event.event) {
    case 'started':
      return event.hasLedger ? 'info' : 'warning'
    case 'note':
      return event.message.startsWith('WARNING') ? 'warning' : 'info'
    case 'server':
      return event.state === 'back' ? 'info' : 'warning'
    case 'paused':
    case 'values_left_out':
    case 'unknown_keys':
    case 'rows_suppressed':
      return 'warning'
    default:
      return 'info'
  }
}

/** An event in one line. */
export function eventWords(event: WorkEvent, queue: string): string {
  switch (event.event) {
    case 'started':
      return startWords(event)
    case 'progress':
      return minuteWords(event)
    case 'paused':
      return pauseWords(event, queue)
    case 'resumed':
      return `queue ${queue} is no longer paused`
    case 'server':
      return serverWords(event)
    case 'table_changed':
      return `${event.table} has changed: ${changeWords(event.changes)}`
    case 'values_left_out':
      return `WARNING: ${event.table} no longer has the column ${quoted(event.keys)}, but records still give it: its values are left out; stop the workers, or let --rename map the key`
    case 'unknown_keys':
      return `records have ${unknownKind(event)} ${event.table}: ${unknownWords(event.keys)}`
    case 'rows_suppressed':
      return `WARNING: a trigger or rule of ${event.table} drops rows, or writes them elsewhere; they are counted as suppressed`
    case 'note':
      return event.message
    case 'stopped':
      return `stopped after ${duration(event.seconds * 1000)}: ${plural(countSettled(event), 'record')}, ${plural(event.deadLettered, 'dead letter')}`
  }
}

function startWords(started: Started): string {
  const {workers, processes, queue, table, redis, postgres, profile, hasLedger, guarantee} = started
  const spread = processes > 1 ? ` in ${processes} processes` : ''
  const settings = profile === null ? '' : ` (profile ${profile})`
  const ledger = hasLedger ? 'the ledger is on' : 'WITHOUT the ledger'
  return `${plural(workers, 'worker')}${spread} of qtool ${started.version}: queue ${queue} of ${redis} → ${table} of ${postgres}${settings}; ${ledger}; ${guarantee}`
}

function minuteWords(event: Extract<WorkEvent, {event: 'progress'}>): string {
  const {lastMinute, recordsPerSecond, ready, leftMs} = event
  const waiting = ready === null ? '' : `; ${plural(ready, 'item')} left`
  const left = ready !== null && ready > 0 && leftMs !== null ? `, about ${duration(leftMs)}` : ''
  return `${plural(lastMinute.records, 'record')} in the last minute, ${plural(lastMinute.deadLettered, 'dead letter')}; ${count(recordsPerSecond)} records/s in the last 10 s; ${plural(countSettled(event), 'record')} since the start${updateWords(event)}${ofTables(event.tables)}${waiting}${left}`
}

/** Of records that update or delete rows, what became of them. */
function updateWords(written: Written): string {
  const {inserted, updated, deleted, superseded, alreadyThere, alreadyGone} = written
  const deletes = deleted + alreadyGone === 0 ? {} : {deleted, 'already gone': alreadyGone}
  if (updated + superseded + deleted + alreadyGone === 0) return ''
  const counts = {inserted, updated, ...deletes, superseded, 'already there': alreadyThere}
  return ` (${Object.entries(counts)
    .map(([name, n]) => `${count(n)} ${name}`)
    .join(', ')})`
}

function pauseWords(
  {by, until, ready}: {by: string | null; until: string | null; ready: number},
  queue: string,
): string {
  const whose = by === null ? '' : ` by ${by}`
  const end = until === null ? '' : ` until ${moment(until)}`
  const waiting = `${plural(ready, 'item')} ${ready === 1 ? 'is' : 'are'} waiting`
  const next =
    by === REBALANCE ? 'work continues once they have moved' : `qtool resume -q ${queue} resumes it`
  return `queue ${queue} is paused${whose}${end}; ${waiting}; ${next}`
}

const SERVER_NAMES = {redis: 'Redis', postgres: 'Postgres'}

function serverWords({server, state, error, seconds, probes}: ServerEvent): string {
  const name = SERVER_NAMES[server]
  if (state === 'back') {
    if (seconds === undefined || probes === undefined) return `${name} is back`
    return `${name} is back after ${duration(seconds * 1000)} and ${plural(probes, 'probe')}`
  }
  if (state === 'probing') return `${name}: probing until it answers`
  const refusing = server === 'redis' ? 'refuses commands now' : 'cannot write now'
  return `${name} ${state === 'down' ? 'is unreachable' : refusing}, items stay queued: ${error}`
}

/** Most changes that a line names; the JSON has them all. */
const MOST_CHANGES = 10

function changeWords(changes: readonly string[]): string {
  const more = changes.length - MOST_CHANGES
  const named = changes.slice(0, MOST_CHANGES).map(escapeLine)
  return [...named, ...(more > 0 ? [`${count(more)} more`] : [])].join('; ')
}

/** Most keys that a line names; the result has them all. */
const MOST_KEYS = 10

function unknownKind({keys, isMapped}: Extract<WorkEvent, {event: 'unknown_keys'}>): string {
  const one = keys.length === 1
  if (isMapped) return `${one ? 'a value' : 'values'} that the mapping gives no column of`
  return `${one ? 'a key' : 'keys'} without a column in`
}

function unknownWords(keys: readonly UnknownKey[]): string {
  const named = keys.slice(0, MOST_KEYS).map(({key, example, isGenerated, mappedFrom}) => {
    const mapped = mappedFrom === null ? '' : `its column gets ${mappedFrom}, `
    const how = isGenerated ? 'a GENERATED ALWAYS column, ' : mapped
    return `${JSON.stringify(key)} (${how}for example ${example})`
  })
  const rest = keys.length > MOST_KEYS ? ` and ${keys.length - MOST_KEYS} more` : ''
  return `${named.join(', ')}${rest}`
}

function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ')
}

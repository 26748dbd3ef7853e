import type {Observation} from '../../monitor/observation.ts'
import {count, duration, moment} from '../format.ts'
import {type Column, table} from './columns.ts'
import {cut, lineOf, padded} from './line.ts'
import type {Section} from './section.ts'
import type {Place} from './view.ts'

/** Dead letters by reason; the chosen reason is what keys act on. */
export function reasonTable({inspection}: Observation, chosen: string | undefined, place: Place): Section {
  const {deadLettersByReason, foreignDeadLetters, timesByReason, foreignTimes} = inspection
  const rows = [
    ...Object.entries(deadLettersByReason).map(([name, letters]) => ({
      name,
      letters,
      times: timesByReason[name],
    })),
    ...(foreignDeadLetters > 0
      ? [{name: 'from other programs', letters: foreignDeadLetters, times: foreignTimes}]
      : []),
  ]
  const columns: Column[] = [
    {title: 'dead letters', least: 12, most: 40, cells: rows.map(({name}) => name)},
    {title: 'letters', right: true, cells: rows.map(({letters}) => count(letters))},
    {title: 'first failed', spare: 2, cells: rows.map(({times}) => moment(times?.firstFailedAt ?? null))},
    {title: 'last failed', spare: 1, cells: rows.map(({times}) => moment(times?.lastFailedAt ?? null))},
  ]
  const at = Object.keys(deadLettersByReason).indexOf(chosen ?? '')
  return section('dead letters: none', columns, place, at)
}

/** Worker processes, each with its host and the state of its servers. */
export function workerTable({inspection}: Observation, place: Place): Section {
  const {workers, at} = inspection
  const states: Record<string, string> = {closed: 'ok', open: 'away', 'half-open': 'probing'}
  const columns: Column[] = [
    {title: 'worker host', least: 11, most: 40, cells: workers.map(({host}) => host)},
    {title: 'pid', right: true, cells: workers.map(({pid}) => String(pid))},
    {title: 'workers', right: true, cells: workers.map((worker) => count(worker.workers))},
    {
      title: 'records/s',
      right: true,
      cells: workers.map(({recordsPerSecond}) => (recordsPerSecond === null ? '-' : count(recordsPerSecond))),
    },
    {title: 'Redis', cells: workers.map(({redis}) => states[redis] ?? redis)},
    {title: 'Postgres', cells: workers.map(({postgres}) => states[postgres] ?? postgres)},
    {title: 'version', spare: 2, cells: workers.map(({version}) => version ?? '-')},
    {
      title: 'reported',
      right: true,
      spare: 1,
      cells: workers.map(({seenAt}) => `${duration(Math.max(0, Date.parse(at) - seenAt))} ago`),
    },
  ]
  return section('workers: none', columns, place)
}

/** The slowest calls of Redis that it has noted lately. */
export function slowTable({inspection}: Observation, place: Place): Section {
  const slow = inspection.slowlog ?? []
  const columns: Column[] = [
    {title: 'slow log', cells: slow.map(({at}) => moment(at))},
    {title: 'ms', right: true, cells: slow.map(({micros}) => (micros / 1000).toFixed(1))},
    {title: 'command', least: 10, cells: slow.map(({command}) => command)},
  ]
  return section(inspection.slowlog === null ? 'slow log: not permitted' : 'slow log: empty', columns, place)
}

/** A table under its titles, or one line if it has no rows. */
function section(none: string, columns: Column[], {width, style}: Place, chosen = -1): Section {
  const {title, rows} = table(columns, width - 2)
  if (rows.length === 0) {
    return {least: 1, wanted: 1, lines: () => [lineOf([{text: none, as: 'faint'}], width, style)]}
  }
  const line = (text: string, i: number) =>
    i === chosen
      ? lineOf([{text: padded(`> ${text}`, width), as: 'chosen'}], width, style)
      : lineOf([`  ${text}`], width, style)
  const lines = (height: number) => {
    const most = height - 1
    const from = Math.max(0, Math.min(chosen - most + 1, rows.length - most))
    const shown = rows.map(line).slice(from, from + most)
    const more = moreWords(rows.length - shown.length)
    const head = `  ${cut(title.trimEnd(), width - 2 - more.length)}${more}`
    return [lineOf([{text: head, as: 'faint'}], width, style), ...shown]
  }
  return {least: 2, wanted: rows.length + 1, lines}
}

function moreWords(hidden: number): string {
  return hidden > 0 ? `  (${count(hidden)} more)` : ''
}

import type {QueueRow} from '../queue/survey/queue-row.ts'
import {trendOf} from './forecast.ts'
import type {Point} from './least-squares.ts'
import type {Forecast, Verdict} from './observation.ts'
import {judge, type VerdictOptions} from './verdict.ts'

/** One queue among others, with what somebody on call should know of it. */
export interface JudgedRow extends QueueRow {
  verdict: Verdict
}

/** @param backlogs of the last readings, oldest first, the last is that of this row */
export function judgeRow(row: QueueRow, backlogs: readonly Point[], limits?: VerdictOptions): JudgedRow {
  const {problem, ready, leased} = row
  if (problem !== null || ready === null || leased === null) {
    return {...row, verdict: {level: 'warning', text: 'unreadable', reason: problem ?? 'it has no figures'}}
  }
  const facts = {
    ready,
    leased,
    overdueLeases: row.overdueLeases ?? 0,
    overdueForMs: 0,
    oldestMs: row.oldestMs,
    paused: row.paused ?? false,
    workers: row.workers ?? 0,
    processes: null,
    server: null,
    rates: {in: row.inPerSecond, out: row.outPerSecond, deadLettered: null},
    forecast: forecastOfRow(row, backlogs),
    deadLetters: row.deadLetters ?? 0,
    lastFailedAgoMs: row.lastFailedAgoMs,
    mostlyFor: null,
  }
  return {...row, verdict: judge(facts, limits)}
}

function forecastOfRow({ready, leased, paused}: QueueRow, backlogs: readonly Point[]): Forecast {
  if (ready === 0 && leased === 0) return {state: 'empty'}
  return paused ? {state: 'paused'} : trendOf(backlogs)
}

import type {QueueRow} from '../queue/survey/queue-row.ts'
import {trendOf} from './forecast.ts'
import type {Point} from './least-squares.ts'
import type {Forecast, Rates, Verdict} from './observation.ts'
import {judge, type VerdictOptions} from './verdict.ts'

/** One queue among others, with what somebody on call should know of it. */
export interface JudgedRow extends QueueRow {
  forecast: Forecast
  verdict: Verdict
}

/**
 * @param backlogs of the last readings, oldest first, the last is that of this row; of few of them, nothing is known that
 * the queue itself does not remember of its last minute
 */
export function judgeRow(row: QueueRow, backlogs: readonly Point[], limits?: VerdictOptions): JudgedRow {
  const {problem, ready, leased} = row
  if (problem !== null || ready === null || leased === null) {
    const reason = problem ?? 'it has no figures'
    return {...row, forecast: {state: 'unknown'}, verdict: {level: 'warning', text: 'unreadable', reason}}
  }
  const forecast = forecastOfRow(row, backlogs)
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
    rates: ratesOf(row),
    forecast,
    deadLetters: row.deadLetters ?? 0,
    lastFailedAgoMs: row.lastFailedAgoMs,
    mostlyFor: null,
  }
  return {...row, forecast, verdict: judge(facts, limits)}
}

/** Over the last minute; but whether a queue without workers is drained at all depends on what came out just now. */
function ratesOf({workers, inPerSecond, outPerSecond, lastMinute}: QueueRow): Rates {
  if (!lastMinute || workers === 0) return {in: inPerSecond, out: outPerSecond, deadLettered: null}
  return {
    in: lastMinute.inPerSecond,
    out: lastMinute.outPerSecond,
    deadLettered: lastMinute.refusedPerSecond,
  }
}

function forecastOfRow(row: QueueRow, backlogs: readonly Point[]): Forecast {
  const {ready, leased, paused} = row
  if (ready === 0 && leased === 0) return {state: 'empty'}
  if (paused) return {state: 'paused'}
  const seen = trendOf(backlogs)
  return seen.state === 'unknown' ? trendOf(rememberedOf(row)) : seen
}

/** Backlogs of the last minute, as if as many items had been leased all the time as are now. */
function rememberedOf({recentReady, leased}: QueueRow): Point[] {
  return recentReady.map(({atMs, items}) => [atMs / 1000, items + (leased ?? 0)])
}

import type {QueueInspection} from '../queue/inspect.ts'
import {busyWorkers, recordsPerItem} from './flow.ts'
import {forecastOf} from './forecast.ts'
import type {Observation, Sample} from './observation.ts'
import {ratesOf} from './rates.ts'
import {type Reading, workersOf} from './reading.ts'
import {type Facts, judge, type VerdictOptions} from './verdict.ts'

/** What an inspection says together with the readings before it. @param readings oldest first, the last is of this inspection */
export function observe(
  inspection: QueueInspection,
  readings: readonly Reading[],
  options?: VerdictOptions,
): Observation {
  const known = {
    inspection,
    rates: ratesOf(readings),
    recordsPerItem: recordsPerItem(readings),
    busyWorkers: busyWorkers(readings),
    forecast: forecastOf(readings),
  }
  return {...known, verdict: judge(factsOf(known, overdueForMs(readings)), options)}
}

function factsOf({inspection, rates, forecast}: Omit<Observation, 'verdict'>, overdueForMs: number): Facts {
  const {ready, leased, overdueLeases, oldestMs, paused, server, workers, deadLetters, deadLettersByReason} =
    inspection
  const {at, lastFailedAt} = inspection
  const most = Object.keys(deadLettersByReason).find(
    (reason) => 2 * deadLettersByReason[reason] > deadLetters,
  )
  const worked = {workers: workersOf(workers), processes: workers}
  return {
    ready,
    leased,
    overdueLeases,
    overdueForMs,
    oldestMs,
    paused,
    server,
    ...worked,
    rates,
    forecast,
    deadLetters,
    lastFailedAgoMs: lastFailedAt === null ? null : Math.max(0, Date.parse(at) - Date.parse(lastFailedAt)),
    mostlyFor: most ?? null,
  }
}

export function sampleOf({inspection, rates}: Observation): Sample {
  const {at, ready, leased, deadLetters, oldestMs} = inspection
  return {atMs: Date.parse(at), ready, leased, deadLetters, oldestMs, in: rates.in, out: rates.out}
}

function overdueForMs(readings: readonly Reading[]): number {
  const since = readings.findLastIndex(({overdueLeases}) => overdueLeases === 0) + 1
  const last = readings.at(-1)
  return last && since < readings.length ? last.atMs - readings[since].atMs : 0
}

import type {ServerState} from '../health/redis-server.ts'
import type {WorkerState} from '../queue/worker-state.ts'
import {count, duration, plural, rate} from '../render/format.ts'
import type {Forecast, Rates, Verdict} from './observation.ts'
import {judgeServer} from './server-verdict.ts'

export interface VerdictOptions {
  /** An item that waits longer is a warning, ms. */
  oldestMs: number
}

export const USUAL_LIMITS: VerdictOptions = {oldestMs: 15 * 60_000}

/** What is known when a queue is judged, be it from an inspection or from one row among others. */
export interface Facts {
  ready: number
  leased: number
  overdueLeases: number
  /** How long there have been leases past their deadline, ms; 0 if there are none, or if it is not known. */
  overdueForMs: number
  oldestMs: number | null
  paused: boolean
  /** Leases that the living worker processes handle in parallel. */
  workers: number
  /** Worker processes; null if they were not looked at one by one. */
  processes: readonly WorkerState[] | null
  /** Null if it is not known. */
  server: ServerState | null
  rates: Rates
  forecast: Forecast
  deadLetters: number
  /** How long ago the last of them failed, ms; null if there are none, or if it is not known. */
  lastFailedAgoMs: number | null
  /** The reason of more than half of the dead letters; null if there is none, or if it is not known. */
  mostlyFor: string | null
}

/** Another worker takes an overdue lease over at once, unless there is none that is free, ms. */
const OVERDUE_MS = 5000

/** Dead letters that failed within this time are a warning, ms. */
const LATELY_MS = 15 * 60_000

/** Above this share of dead letters, something is wrong with all records, and not with some. */
const MOST_DEAD = 0.5

type Rule = (facts: Facts, options: VerdictOptions) => Verdict | undefined

/** The worst comes first; among equals, the one nearer to the cause. */
const RULES: Rule[] = [
  noWorkers,
  brokenServer,
  mostlyDead,
  stalled,
  ({server}) => judgeServer(server),
  grows,
  failing,
  overdue,
  old,
  failedLately,
]

/** What somebody on call should know first of a queue. */
export function judge(facts: Facts, options: VerdictOptions = USUAL_LIMITS): Verdict {
  const found = RULES.flatMap((rule) => rule(facts, options) ?? [])
  return found.find(({level}) => level === 'critical') ?? found[0] ?? fine(facts)
}

/** Records that come out are proof of a worker that does not report, such as one of another program. */
function noWorkers({ready, paused, workers, rates}: Facts): Verdict | undefined {
  if (ready === 0 || paused || workers > 0 || (rates.out ?? 0) > 0) return undefined
  return critical('no workers', `${wait(ready)} and no worker has reported for 15 s`)
}

function brokenServer({processes}: Facts): Verdict | undefined {
  for (const [server, name] of SERVERS) {
    const cut = processes?.filter((worker) => worker[server] !== 'closed') ?? []
    if (cut.length === 0) continue
    const all = processes?.length ?? 0
    return critical(
      `${name} away`,
      `${count(cut.length)} of ${count(all)} worker processes cannot reach ${name}`,
    )
  }
  return undefined
}

const SERVERS = [
  ['postgres', 'Postgres'],
  ['redis', 'Redis'],
] as const

function mostlyDead({rates, mostlyFor}: Facts): Verdict | undefined {
  const share = (rates.deadLettered ?? 0) / (rates.out || Number.POSITIVE_INFINITY)
  if (share <= MOST_DEAD) return undefined
  return critical(
    'failing',
    `${Math.round(share * 100)} % of the records become dead letters${most(mostlyFor)}`,
  )
}

function stalled({ready, leased, workers, forecast}: Facts): Verdict | undefined {
  if (forecast.state !== 'stalled' || workers === 0) return undefined
  if (ready === 0)
    return warning('stalled', `${plural(leased, 'leased item')} not settled, and nothing changes`)
  const reason = `${wait(ready)} and nothing changes, though ${plural(workers, 'worker')} reported`
  // A worker may be busy for long with what it has; one that has nothing should have taken something
  return leased > 0 ? warning('stalled', reason) : critical('stalled', reason)
}

function grows({ready, leased, forecast}: Facts): Verdict | undefined {
  if (forecast.state !== 'grows') return undefined
  const backlog = plural(ready + leased, 'item')
  return warning('not draining', `the backlog of ${backlog} grows by ${speed(forecast.perSecond)}`)
}

function failing({rates, mostlyFor}: Facts): Verdict | undefined {
  if (!rates.deadLettered) return undefined
  const reason = `${speed(rates.deadLettered)} become dead letters${most(mostlyFor)}`
  return warning('dead letters', reason)
}

/** Whoever looks a few minutes later must still see that many records have failed. */
function failedLately(facts: Facts): Verdict | undefined {
  const {deadLetters, lastFailedAgoMs} = facts
  if (deadLetters === 0 || lastFailedAgoMs === null || lastFailedAgoMs > LATELY_MS) return undefined
  return warning('dead letters', keptLetters(facts))
}

function keptLetters({deadLetters, lastFailedAgoMs, mostlyFor}: Facts): string {
  const since = lastFailedAgoMs === null ? '' : `, the last one ${duration(lastFailedAgoMs)} ago`
  return `${plural(deadLetters, 'dead letter')}${most(mostlyFor)}${since}`
}

function overdue({overdueLeases, overdueForMs}: Facts): Verdict | undefined {
  if (overdueForMs < OVERDUE_MS) return undefined
  const since = `nobody has taken over for ${duration(overdueForMs)}`
  return warning('overdue leases', `${plural(overdueLeases, 'lease')} past the deadline, and ${since}`)
}

function old({ready, oldestMs, paused}: Facts, limits: VerdictOptions): Verdict | undefined {
  if (ready === 0 || oldestMs === null || oldestMs <= limits.oldestMs) return undefined
  const reason = `${wait(ready)}, the next one for ${duration(oldestMs)}`
  return paused ? warning('paused long', `the queue is paused, and ${reason}`) : warning('late', reason)
}

function fine(facts: Facts): Verdict {
  const {ready, leased, paused, forecast, deadLetters} = facts
  if (paused) return ok('paused', `the queue is paused, and ${wait(ready)}`)
  if (ready + leased === 0) {
    return deadLetters > 0 ? ok('dead letters', keptLetters(facts)) : ok('empty', 'nothing waits')
  }
  if (forecast.state !== 'clears') {
    return ok('working', `${plural(ready + leased, 'item')} in the queue, and no clear trend`)
  }
  const {seconds, marginSeconds} = forecast
  const margin = duration(marginSeconds * 1000)
  return ok('draining', `empty in ${duration(seconds * 1000)}, give or take ${margin}`)
}

function most(mostlyFor: string | null): string {
  return mostlyFor === null ? '' : `, mostly for ${mostlyFor}`
}

function wait(ready: number): string {
  return `${plural(ready, 'item')} ${ready === 1 ? 'waits' : 'wait'}`
}

function speed(perSecond: number): string {
  return `${rate(perSecond)}/s`
}

function critical(text: string, reason: string): Verdict {
  return {level: 'critical', text, reason}
}

function warning(text: string, reason: string): Verdict {
  return {level: 'warning', text, reason}
}

function ok(text: string, reason: string): Verdict {
  return {level: 'ok', text, reason}
}

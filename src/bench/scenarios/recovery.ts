import {setTimeout as wait} from 'node:timers/promises'
import {parseInfo} from '../../redis/info.ts'
import type {Bench} from '../bench.ts'
import {named} from '../figures.ts'
import {type Findings, interruptedEarly} from '../findings.ts'
import {type FlowOptions, runFlow} from '../flow/flow.ts'
import {flowSteps} from '../flow/flow-step.ts'
import {nameLimit} from '../measure/evidence.ts'
import {countFlowLedger, ledgerChecks} from '../place/count-ledger.ts'
import type {Check} from '../shape/findings.ts'

export type ServerName = 'redis' | 'postgres'

export interface RecoveryOptions extends Omit<FlowOptions, 'onRow'> {
  /**
   * Ends a server as a crash would, and starts it again; resolves when it answers.
   * @param port of the Redis that has the queue
   */
  restart(server: ServerName, port: number): Promise<void>
}

/** Times of one crash. */
interface Outage {
  server: ServerName
  killedAt: number
  /** Time until the server answered again. */
  backMs: number | undefined
  /** Time until the first row of a record sent after the crash. */
  firstRowMs: number | undefined
}

/** When to kill each server, as a share of the measured seconds. */
const MOMENTS: Array<[ServerName, number]> = [
  ['redis', 0.2],
  ['postgres', 0.6],
]

/** A recovery that takes longer fails the check. */
const RECOVERED_MS = 15_000

/** Kills Redis, and later Postgres, under load, and counts what was lost and what was written twice. */
export async function runRecovery(bench: Bench, options: RecoveryOptions): Promise<Findings> {
  const {restart, ...load} = options
  const outages: Outage[] = []
  const onRow = (sentAt: number) => {
    for (const outage of outages) {
      if (sentAt > outage.killedAt) outage.firstRowMs ??= performance.now() - outage.killedAt
    }
  }
  const flow = await bothOrNeither(
    bench,
    (both) => runFlow(both, {...load, onRow}),
    (both) => crash(both, options, outages),
  )
  if (bench.signal.aborted && outages.length === 0) throw interruptedEarly()
  const ledger = await countFlowLedger(bench.pool, bench.place, flow.acked)
  const [step] = flowSteps(`${load.rate.toLocaleString('en')} ops/s, two crashes`, load.rate, flow)
  const checks = [...ledgerChecks(ledger), ...outages.map(recovered)]
  const slowest = Math.max(...outages.map(({firstRowMs}) => firstRowMs ?? Number.POSITIVE_INFINITY))
  const words = outages.map(
    ({server, firstRowMs}) => `${NAMES[server]} ${firstRowMs === undefined ? 'never' : seconds(firstRowMs)}`,
  )
  const isWell = checks.every((check) => check.ok)
  return {
    verdict: `first row after a crash of ${words.join(', of ')}; ${isWell ? 'none lost, none duplicated' : 'NOT all accounted for'}`,
    checks,
    parameters: {...load},
    // Its latencies and errors are those of the crashes, so it is neither ok nor failed
    steps: [{...step, verdict: 'crashed'}],
    comparisons: [],
    limit: nameLimit(flow.evidence),
    ledger,
    fit: null,
    notes: [
      'recovery is the time from the kill to the first committed row of a record sent after it, including the restart of the server',
      ...outages.flatMap(({server, backMs}) =>
        backMs === undefined ? [] : [`${NAMES[server]} itself answered after ${seconds(backMs)}`],
      ),
      'there is no documented figure for a crashed server; the documented "under 1 s" is about an exhausted connection pool, which "bench connections" measures',
      ...[...flow.rows.errors].map(
        ([message, n]) => `${n} records were not confirmed to the producer: ${message}`,
      ),
    ],
    metrics: {
      ...named({recovery: Number.isFinite(slowest) ? slowest : null}),
      ...named(Object.fromEntries(outages.map(({server, firstRowMs}) => [METRIC[server], firstRowMs]))),
      lost: ledger.lost,
      duplicated: ledger.duplicated,
    },
  }
}

/** Runs both; if one fails, it interrupts the other and waits for it. */
async function bothOrNeither<T>(
  bench: Bench,
  load: (bench: Bench) => Promise<T>,
  crashes: (bench: Bench) => Promise<void>,
): Promise<T> {
  const over = new AbortController()
  const both = {...bench, signal: AbortSignal.any([bench.signal, over.signal])}
  const end = (error: unknown) => {
    over.abort()
    throw error
  }
  const [flow, crashed] = await Promise.allSettled([load(both).catch(end), crashes(both).catch(end)])
  if (flow.status === 'rejected') throw flow.reason
  if (crashed.status === 'rejected') throw crashed.reason
  return flow.value
}

const NAMES = {redis: 'Redis', postgres: 'Postgres'} as const
const METRIC = {redis: 'recoveryRedis', postgres: 'recoveryPostgres'} as const

async function crash(bench: Bench, options: RecoveryOptions, outages: Outage[]): Promise<void> {
  const startedAt = performance.now()
  const port = Number(parseInfo(await bench.observer.info('server')).get('tcp_port'))
  for (const [server, share] of MOMENTS) {
    const due = (options.warmupSeconds + options.seconds * share) * 1000
    await wait(Math.max(0, due - (performance.now() - startedAt)), undefined, {signal: bench.signal}).catch(
      () => {},
    )
    if (bench.signal.aborted) return
    bench.onStep(`killing ${NAMES[server]}`)
    const outage: Outage = {server, killedAt: performance.now(), backMs: undefined, firstRowMs: undefined}
    outages.push(outage)
    await options.restart(server, port)
    outage.backMs = performance.now() - outage.killedAt
    bench.onStep(`${NAMES[server]} is back`)
  }
}

function recovered({server, firstRowMs}: Outage): Check {
  const ok = firstRowMs !== undefined && firstRowMs < RECOVERED_MS
  const took = firstRowMs === undefined ? 'never' : seconds(firstRowMs)
  return {name: `recovery ${server}`, ok, text: `first row after a crash of ${NAMES[server]}: ${took}`}
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

import {load} from '../../producer/load.ts'
import {emptyResult, type LoadResult} from '../../producer/load-options.ts'
import {registerFlights} from '../../sample/flights.ts'
import {synthesize} from '../../sample/synthetic.ts'
import type {Bench} from '../bench.ts'
import {countDone, drainPlace} from '../drain-place.ts'
import {usageFigures} from '../figures.ts'
import type {Findings} from '../findings.ts'
import {withEvidence} from '../measure/collect-evidence.ts'
import {nameLimit} from '../measure/evidence.ts'
import {PerSecond} from '../measure/per-second.ts'
import {countLedger, ledgerChecks} from '../place/count-ledger.ts'
import type {Check} from '../shape/findings.ts'
import {makeStep} from '../step.ts'

export interface BombardOptions {
  count: number
  /** Share of invalid records, 0 to 1. */
  invalid: number
  workers: number
  batch: number
}

/** The documented run: 50,000 items in 13 s, none lost, every invalid item a dead letter. */
const DOCUMENTED_SECONDS = 13
const DOCUMENTED_COUNT = 50_000

/** Enqueues everything at once, drains it, and counts the outcome in both servers. */
export async function runBombard(bench: Bench, options: BombardOptions): Promise<Findings> {
  const {pool, place} = bench
  const {count, invalid, workers} = options
  bench.onStep(`enqueueing ${count} records, ${Math.round(count * invalid)} of them invalid`)
  const {result, evidence} = await withEvidence({redis: bench.observer, pool}, () => bombard(bench, options))
  const {loaded, tally, perSecond, started, enqueuedAt, ended} = result
  const ledger = await countLedger(pool, place, loaded.enqueued)
  const seconds = (ended - started) / 1000
  const enqueueRate = loaded.enqueued / ((enqueuedAt - started) / 1000)
  const records = tally.inserted + tally.alreadyThere + tally.deadLettered
  const drainRate = records / ((ended - enqueuedAt) / 1000)
  const expectedBad = Math.round(count * invalid)
  const dead: Check = {
    name: 'dead letters',
    ok: ledger.deadLetters === expectedBad,
    text: `${ledger.deadLetters} dead letters for ${expectedBad} invalid records`,
  }
  const checks = [...ledgerChecks(ledger), dead]
  const isWell = checks.every((check) => check.ok)
  const {usage} = evidence
  return {
    verdict: `${count.toLocaleString('en')} records in ${seconds.toFixed(1)} s, ${isWell ? 'none lost, none duplicated, every invalid record a dead letter' : 'NOT all accounted for'}`,
    checks,
    parameters: {...options},
    steps: [
      makeStep({name: 'enqueue', achieved: enqueueRate}),
      makeStep({
        name: `drain, ${workers} workers`,
        achieved: drainRate,
        usage,
        throughput: perSecond.counts,
      }),
    ],
    comparisons: [
      {
        measure: `${DOCUMENTED_COUNT.toLocaleString('en')} records, enqueue and drain`,
        documented: DOCUMENTED_SECONDS,
        measured: count === DOCUMENTED_COUNT ? seconds : null,
        unit: 's',
        moreIsBetter: false,
      },
    ],
    limit: nameLimit(evidence),
    ledger,
    fit: null,
    notes: [],
    metrics: {
      rate: drainRate,
      rateEnqueue: enqueueRate,
      duration: seconds * 1000,
      ...usageFigures(usage),
      lost: ledger.lost,
      duplicated: ledger.duplicated,
    },
  }
}

/** Returns times as `performance.now()` gives them. */
async function bombard(bench: Bench, options: BombardOptions) {
  const {workers, batch} = options
  const started = performance.now()
  const loaded = await enqueueAll(bench, options)
  const enqueuedAt = performance.now()
  bench.onStep(`draining with ${workers} workers`)
  const perSecond = new PerSecond()
  const load = {workers, batch, untilEmpty: true, signal: bench.signal}
  const tally = await drainPlace(bench, load, [countDone((done) => perSecond.at(done))])
  return {loaded, tally, perSecond, started, enqueuedAt, ended: performance.now()}
}

async function enqueueAll(bench: Bench, {count, invalid}: BombardOptions): Promise<LoadResult> {
  const {pool, place, signal} = bench
  const result = emptyResult()
  await load(
    place.queue,
    synthesize({count, seed: 1, invalid, maxBytes: 1_048_576}),
    {
      mode: 'batch',
      batch: 1000,
      priority: 0,
      records: 'points',
      keepDuplicates: false,
      signal,
      onFlights: async (flights) => {
        await registerFlights(pool, flights, `${place.schema}.flights`)
      },
      onReject: () => {},
    },
    result,
  )
  return result
}

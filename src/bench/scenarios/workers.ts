import {count as commas, plural} from '../../render/format.ts'
import type {Bench} from '../bench.ts'
import {countDone, drainPlace} from '../drain-place.ts'
import {type Findings, interruptedEarly} from '../findings.ts'
import {withEvidence} from '../measure/collect-evidence.ts'
import {distributionOf} from '../measure/distribution.ts'
import {type Evidence, nameLimit} from '../measure/evidence.ts'
import {PerSecond} from '../measure/per-second.ts'
import {countLedger, ledgerChecks} from '../place/count-ledger.ts'
import {fillQueue} from '../place/fill.ts'
import {emptyPlace} from '../place/place.ts'
import type {Comparison} from '../shape/findings.ts'
import type {ScalabilityFit} from '../shape/fit.ts'
import type {Step} from '../shape/step.ts'
import {fitScalability} from '../stats/usl.ts'
import {makeStep} from '../step.ts'

export interface WorkersOptions {
  /** Numbers of workers to try. */
  workers: readonly number[]
  /** Records of one lease; each is tried with every number of workers. */
  batches: readonly number[]
  /** Records of each step. */
  count: number
}

/** The documented run: 1 worker 200 rows/s, 10 workers 1,000 rows/s. */
const DOCUMENTED: Array<[number, number]> = [
  [1, 200],
  [10, 1000],
]

/** Share of the records that is warm-up: after it, connections are open and code is compiled. */
const WARM = 0.2

interface Measured {
  workers: number
  batch: number
  rate: number
  step: Step
  evidence: Evidence
}

/** Drains the same queue with more and more workers, and fits the Universal Scalability Law. */
export async function runWorkers(bench: Bench, options: WorkersOptions): Promise<Findings> {
  const measured: Measured[] = []
  const sums = {lost: 0, duplicated: 0}
  for (const batch of options.batches) {
    for (const workers of options.workers) {
      if (bench.signal.aborted) break
      bench.onStep(`${workers} workers, ${batch} records per lease`)
      await emptyPlace(bench.pool, bench.place)
      await fillQueue(bench.place, options.count, bench.signal)
      const step = await measure(bench, workers, batch, options.count)
      // A step that was cut short has no rate
      if (!bench.signal.aborted) measured.push(step)
      const ledger = await countLedger(bench.pool, bench.place, options.count)
      sums.lost += ledger.lost
      sums.duplicated += ledger.duplicated
    }
  }
  if (measured.length === 0) throw interruptedEarly()
  const best = measured.reduce((most, one) => (one.rate > most.rate ? one : most))
  const fit = fitScalability(
    measured.filter(({batch}) => batch === best.batch).map(({workers, rate}) => [workers, rate]),
  )
  return {
    verdict: `best: ${best.workers} workers × ${commas(best.batch)} records per lease, ${commas(Math.floor(best.rate))} rows/s; ${turn(fit, options.workers)}`,
    checks: ledgerChecks(sums),
    parameters: {
      workers: options.workers.join(' '),
      batches: options.batches.join(' '),
      count: options.count,
    },
    steps: measured.map(({step}) => step),
    comparisons: compare(measured),
    limit: nameLimit(best.evidence),
    ledger: null,
    fit,
    notes: [
      `the first ${WARM * 100} % of each step is warm-up and not counted`,
      'the documented figures come from another machine and a service that inserted row by row',
    ],
    metrics: {
      rate: best.rate,
      ...sums,
      ...Object.fromEntries(measured.map(({workers, batch, rate}) => [`rate@${workers}x${batch}`, rate])),
    },
  }
}

async function measure(bench: Bench, workers: number, batch: number, count: number): Promise<Measured> {
  const perSecond = new PerSecond()
  let warm: {at: number; done: number} | undefined
  let last = {at: 0, done: 0}
  const counting = countDone((done) => {
    last = {at: performance.now(), done}
    perSecond.at(done)
    if (!warm && done >= count * WARM) warm = last
  })
  const load = {workers, batch, untilEmpty: true, signal: bench.signal}
  const {evidence} = await withEvidence({redis: bench.observer, pool: bench.pool}, () =>
    drainPlace(bench, load, [counting]),
  )
  const rate = warm && last.at > warm.at ? ((last.done - warm.done) / (last.at - warm.at)) * 1000 : 0
  const {counts} = perSecond
  const step = makeStep({
    name: `${plural(workers, 'worker')} × ${commas(batch)}`,
    parameters: {workers, batch},
    achieved: rate,
    perSecond: counts.length >= 3 ? distributionOf(counts) : null,
    usage: evidence.usage,
    throughput: counts,
  })
  return {workers, batch, rate, step, evidence}
}

function turn({state, peakAt}: ScalabilityFit, workers: readonly number[]): string {
  if (state === 'too few points') return 'too few points to find the peak'
  const most = Math.max(...workers)
  return peakAt === null ? `no peak up to ${most} workers` : `peak at ${Math.round(peakAt)} workers`
}

function compare(measured: Measured[]): Comparison[] {
  return DOCUMENTED.map(([workers, documented]) => {
    const rates = measured.filter((one) => one.workers === workers).map(({rate}) => rate)
    return {
      measure: plural(workers, 'worker'),
      documented,
      measured: rates.length > 0 ? Math.max(...rates) : null,
      unit: 'rows/s',
      moreIsBetter: true,
    }
  })
}

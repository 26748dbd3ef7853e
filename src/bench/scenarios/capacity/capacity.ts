import {metricOf} from '../../../threshold/metric.ts'
import {GATHER_MS} from '../../../worker/pace.ts'
import {describeAgent} from '../../agents/describe.ts'
import type {Bench} from '../../bench.ts'
import {type Findings, interruptedEarly} from '../../findings.ts'
import {runFlow} from '../../flow/flow.ts'
import {nameLimit} from '../../measure/evidence.ts'
import type {Limit} from '../../shape/findings.ts'
import {flowMetrics} from '../sustained.ts'
import {type CapacityOptions, Search, type Trial} from './search.ts'

/**
 * Searches for the highest rate that holds: it meets the SLO with hardly an error, and the queue does not grow. Doubles
 * the rate until one does not hold, halves the distance until it is small, then repeats the result; if a repeat fails,
 * the rate is lowered and repeated again.
 * @param send how the records are sent and timed: by this process, or by several
 */
export async function runCapacity(
  bench: Bench,
  options: CapacityOptions,
  send: typeof runFlow = runFlow,
): Promise<Findings> {
  const search = new Search(bench, options, send)
  const {best, confirmed, lowest} = await search.run()
  const trials = search.trials
  if (trials.length === 0) throw interruptedEarly()
  const named = best ?? trials[trials.length - 1]
  const {agents} = named.flow
  const failed = trials.filter(({holds}) => !holds).sort((a, b) => a.rate - b.rate)[0]
  // The step that failed shows the limit; if none failed, the load was too low to find one
  const limit = limitOf(failed ?? named)
  const band = best && lowest ? ((lowest - best.rate) / best.rate) * 100 : 0
  const generator = failed?.invalid
  const runs = `${confirmed} run${confirmed === 1 ? '' : 's'}`
  const found = best
    ? `${Math.floor(best.rate).toLocaleString('en')} ops/s ${lowest ? `(+${band.toFixed(0)} % at most, ${runs})` : `or more (${runs})`} within ${options.sloText}`
    : `even ${options.from.toLocaleString('en')} ops/s does not meet ${options.sloText}`
  return {
    verdict:
      generator && best
        ? `at least ${found}; beyond that, the generator is the limit`
        : `${found}, limited by ${limit.what}`,
    invalid: best ? undefined : generator,
    checks: best ? best.checks : named.checks,
    parameters: {
      slo: options.sloText,
      from: options.from,
      most: options.most,
      seconds: options.seconds,
      warmupSeconds: options.warmupSeconds,
      arrivals: options.arrivals,
      workers: options.workers,
      batch: options.batch,
      repeats: options.repeats,
      ...(agents ? {agents: agents.length} : {}),
    },
    steps: trials.map(({step}) => step),
    comparisons: [
      {
        measure: 'sustainable rate',
        documented: 1000,
        measured: best?.rate ?? null,
        unit: 'ops/s',
        moreIsBetter: true,
      },
    ],
    limit,
    ledger: null,
    agents,
    fit: null,
    notes: [
      `every step starts with an empty queue and table; ${options.warmupSeconds} s of warm-up are not counted`,
      ...(agents ?? []).map(describeAgent),
      ...(generator ? [`the generator reached its limit: ${generator}`] : []),
    ],
    metrics: {
      ...flowMetrics(named.flow, named.step.latency, named.ledger),
      ...(best ? {capacity: best.rate} : {}),
    },
  }
}

/** A percentile may miss the SLO before any resource is exhausted. */
function limitOf({flow, checks}: Trial): Limit {
  const limit = nameLimit(flow.evidence)
  const slow = checks.find(({name, ok}) => !ok && metricOf(name)?.kind === 'time')
  if (limit.what !== 'none' || !slow) return limit
  const late = flow.rows.lag.percentile(99)?.toFixed(1) ?? 'n/a'
  const made = `${slow.text}, including up to ${GATHER_MS} ms between polls of the queue and ${late} ms of generator delay (p99); the rest is transactions`
  return {what: 'latency', evidence: [made, ...limit.evidence]}
}

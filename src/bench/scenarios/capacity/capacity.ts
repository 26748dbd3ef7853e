import {GATHER_MS} from '../../../worker/pace.ts'
import type {Bench} from '../../bench.ts'
import {type Findings, interruptedEarly} from '../../findings.ts'
import {type Flow, type FlowOptions, runFlow} from '../../flow/flow.ts'
import {flowSteps, steadyGrowth} from '../../flow/flow-step.ts'
import {nameLimit} from '../../measure/evidence.ts'
import {metricOf} from '../../metric.ts'
import {countFlowLedger, ledgerChecks} from '../../place/count-ledger.ts'
import {emptyPlace} from '../../place/place.ts'
import type {Check, Ledger, Limit} from '../../shape/findings.ts'
import type {Step} from '../../shape/step.ts'
import {checkThresholds, type Threshold, unjudged} from '../../threshold.ts'
import {flowMetrics} from '../sustained.ts'
import {secondsFor} from './samples.ts'

export interface CapacityOptions extends Omit<FlowOptions, 'rate'> {
  slo: Threshold[]
  /** The SLO as typed. */
  sloText: string
  /** Rate to begin with. */
  from: number
  /** The highest rate to try, even if it holds. */
  most: number
  /** The search ends once the highest rate that holds and the lowest that fails differ by no more than this share. */
  precision: number
  /** How often the result has to hold. */
  repeats: number
}

/** Share of operations that may fail, whatever the SLO says. */
const ERRORS = 0.001

interface Trial {
  rate: number
  holds: boolean
  /** Set if the generator reached its limit, so that the limit of the servers is unknown. */
  invalid: string | undefined
  ledger: Ledger
  flow: Flow
  step: Step
  checks: Check[]
}

/**
 * Searches for the highest rate that holds: it meets the SLO with hardly an error, and the queue does not grow. Doubles
 * the rate until one does not hold, halves the distance until it is small, then repeats the result; if a repeat fails,
 * the rate is lowered and repeated again.
 */
export async function runCapacity(bench: Bench, options: CapacityOptions): Promise<Findings> {
  const search = new Search(bench, options)
  const {best, confirmed, lowest} = await search.run()
  const trials = search.trials
  if (trials.length === 0) throw interruptedEarly()
  const named = best ?? trials[trials.length - 1]
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
    fit: null,
    notes: [
      `every step starts with an empty queue and table; ${options.warmupSeconds} s of warm-up are not counted`,
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

class Search {
  readonly trials: Trial[] = []
  readonly #bench: Bench
  readonly #options: CapacityOptions

  constructor(bench: Bench, options: CapacityOptions) {
    this.#bench = bench
    this.#options = options
  }

  async run(): Promise<{best: Trial | undefined; confirmed: number; lowest: number | undefined}> {
    const {from, most, precision} = this.#options
    let best: Trial | undefined
    let lowest: number | undefined
    for (let rate = from; !this.#isStopped; rate = Math.min(most, rate * 2)) {
      const trial = await this.#try(rate)
      if (this.#isStopped) break
      if (!trial.holds) {
        lowest = rate
        break
      }
      best = trial
      if (rate === most) break
    }
    while (best && lowest && lowest / best.rate - 1 > precision && !this.#isStopped) {
      const trial = await this.#try(Math.round((best.rate + lowest) / 2))
      if (this.#isStopped) break
      if (trial.holds) best = trial
      else lowest = trial.rate
    }
    return this.#confirm(best, lowest)
  }

  /** Repeats the rate that was found: it may have held once by luck. */
  async #confirm(found: Trial | undefined, failing: number | undefined) {
    let best = found
    let lowest = failing
    let confirmed = best ? 1 : 0
    while (best && confirmed < this.#options.repeats && !this.#isStopped) {
      const again: Trial = await this.#try(best.rate)
      if (this.#isStopped) break
      if (again.holds) {
        confirmed++
        best = again
        continue
      }
      lowest = best.rate
      const rate = Math.floor(best.rate * 0.95)
      if (rate < this.#options.from / 2) return {best: undefined, confirmed: 0, lowest}
      const lower: Trial = await this.#try(rate)
      if (this.#isStopped) break
      best = lower.holds ? lower : {...lower, rate}
      confirmed = lower.holds ? 1 : 0
    }
    return {best: confirmed > 0 ? best : undefined, confirmed, lowest}
  }

  get #isStopped(): boolean {
    return this.#bench.signal.aborted
  }

  async #try(rate: number): Promise<Trial> {
    const {pool, place} = this.#bench
    const {slo} = this.#options
    this.#bench.onStep(`trying ${rate.toLocaleString('en')} records/s`)
    await emptyPlace(pool, place)
    // A low rate runs for longer, since an SLO on a percentile with too few samples is neither met nor missed
    const seconds = Math.max(this.#options.seconds, secondsFor(slo, {...this.#options, rate}))
    const flow = await runFlow(this.#bench, {...this.#options, rate, seconds})
    const [step] = flowSteps(`${this.trials.length + 1}: ${rate.toLocaleString('en')} ops/s`, rate, flow)
    const ledger = await countFlowLedger(pool, place, flow.acked)
    const metrics = flowMetrics(flow, step.latency, ledger)
    const checks = [...checkThresholds(metrics, slo), ...steady(rate, flow, step), ...ledgerChecks(ledger)]
    const {validity} = flow.rows
    const [open] = unjudged(metrics, slo, step.latency?.atLeast ?? [])
    const invalid = validity.state === 'invalid' ? validity.why : open
    const holds = invalid === undefined && checks.every((check) => check.ok)
    const verdict = invalid
      ? 'INVALID'
      : holds
        ? 'holds'
        : `fails: ${checks.find((check) => !check.ok)?.name}`
    const trial = {rate, holds, invalid, flow, ledger, step: {...step, verdict}, checks}
    // A step that was cut short does not show whether its rate holds
    if (!this.#isStopped) this.trials.push(trial)
    return trial
  }
}

function steady(rate: number, {backlogPerSecond, rows}: Flow, {errors}: Step): Check[] {
  return [
    {name: 'errors', ok: errors < ERRORS, text: `errors ${(errors * 100).toFixed(2)} < ${ERRORS * 100} %`},
    {
      name: 'backlog',
      ok: backlogPerSecond <= steadyGrowth(rate, rows.seconds),
      text: `backlog ${backlogPerSecond > 0 ? '+' : ''}${backlogPerSecond.toFixed(1)}/s`,
    },
  ]
}

import {QtoolError} from '../../../errors.ts'
import {checkThresholds, type Threshold, unjudged} from '../../../threshold/threshold.ts'
import type {Bench} from '../../bench.ts'
import type {Flow, FlowOptions, runFlow} from '../../flow/flow.ts'
import {flowSteps, steadyGrowth} from '../../flow/flow-step.ts'
import {countFlowLedger, ledgerChecks} from '../../place/count-ledger.ts'
import {emptyPlace} from '../../place/place.ts'
import type {Check, Ledger} from '../../shape/findings.ts'
import type {Step} from '../../shape/step.ts'
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

/** One step of the search. */
export interface Trial {
  rate: number
  holds: boolean
  /** Set if the generator reached its limit, so that the limit of the servers is unknown. */
  invalid: string | undefined
  ledger: Ledger
  flow: Flow
  step: Step
  checks: Check[]
}

/** Looks for the highest rate that holds. */
export class Search {
  readonly trials: Trial[] = []
  readonly #bench: Bench
  readonly #options: CapacityOptions
  readonly #send: typeof runFlow

  /** @param send how the records are sent and timed: by this process, or by several */
  constructor(bench: Bench, options: CapacityOptions, send: typeof runFlow) {
    this.#bench = bench
    this.#options = options
    this.#send = send
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
    await emptyPlace(pool, place)
    // A low rate runs for longer, since an SLO on a percentile with too few samples is neither met nor missed
    const seconds = Math.max(this.#options.seconds, secondsFor(slo, {...this.#options, rate}))
    this.#bench.onStep(
      `trying ${rate.toLocaleString('en')} records/s`,
      (this.#options.warmupSeconds + seconds) * 1000,
    )
    const flow = await this.#send(this.#bench, {...this.#options, rate, seconds})
    if (!this.#isStopped) assertAllReported(flow)
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

/** A lost agent proves nothing about the rate, so the search cannot continue. @throws QtoolError that names it */
function assertAllReported({agents = []}: Flow): void {
  const gone = agents.find(({offsetMs}) => offsetMs === null)
  if (!gone) return
  throw new QtoolError(`agent ${gone.agent} (${gone.host}, pid ${gone.pid}): ${gone.trouble}`, {
    code: 'AGENT_DIED',
    kind: 'measurement',
    suggestions: ['its own error message, if any, is above'],
  })
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

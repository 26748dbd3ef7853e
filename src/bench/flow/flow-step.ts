import {distributionOf} from '../measure/distribution.ts'
import {latencyOf} from '../measure/histogram.ts'
import type {Step} from '../shape/step.ts'
import {makeStep} from '../step.ts'
import type {Flow} from './flow.ts'

/**
 * Growth of a queue, in records a second, that still counts as steady: a hundredth of the rate or, in a short run, the
 * records of a tenth of a second, since a queue under any load fluctuates by that much.
 */
export function steadyGrowth(rate: number, seconds: number): number {
  return Math.max(1, rate * 0.01, (rate * 0.1) / Math.max(1, seconds))
}

/** A flow as two rows of the capacity table: timed to the commit of the row, and to the reply of Redis. */
export function flowSteps(name: string, target: number, flow: Flow): [Step, Step] {
  const {rows, replies, evidence} = flow
  const due = rows.completed + rows.failed
  const common = {
    target,
    achieved: rows.seconds > 0 ? rows.completed / rows.seconds : 0,
    perSecond: distributionOf(rows.perSecond),
    errors: due > 0 ? rows.failed / due : 0,
    lagMs: rows.lag.percentile(99),
    throughput: rows.perSecond,
  }
  const isValid = rows.validity.state === 'valid'
  return [
    makeStep({
      ...common,
      name,
      latency: latencyOf(rows.corrected, rows.raw),
      backlogPerSecond: flow.backlogPerSecond,
      usage: evidence.usage,
      verdict: isValid ? verdictOf(target, flow) : 'INVALID',
      spectrum: rows.corrected.spectrum(),
    }),
    makeStep({
      ...common,
      // The rates are those of the step above: a second plot would show nothing new
      throughput: [],
      name: `${name}, to the reply of Redis`,
      latency: latencyOf(replies.corrected, replies.raw),
      verdict: isValid ? 'ok' : 'INVALID',
      spectrum: replies.corrected.spectrum(),
    }),
  ]
}

function verdictOf(target: number, {backlogPerSecond, rows}: Flow): string {
  if (backlogPerSecond > steadyGrowth(target, rows.seconds)) return 'BEHIND'
  return rows.failed > 0 ? 'ERRORS' : 'ok'
}

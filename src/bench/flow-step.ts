import type {Flow} from './flow.ts'
import {distributionOf} from './measure/distribution.ts'
import {latencyOf} from './measure/histogram.ts'
import type {Step} from './run.ts'
import {makeStep} from './step.ts'

/**
 * Records a second by which a queue may seem to grow and still be steady: a hundredth of what comes in, or in a short
 * run what comes in within a tenth of a second, since a queue of any load goes up and down by that much.
 */
export function steadyGrowth(rate: number, seconds: number): number {
  return Math.max(1, rate * 0.01, (rate * 0.1) / Math.max(1, seconds))
}

/** A flow as rows of the capacity table: until the row was committed, and until Redis had answered. */
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
      // Rates are those of the rows: drawn twice they would say nothing more
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

import type {Flow} from './flow.ts'
import {distributionOf} from './measure/distribution.ts'
import {latencyOf} from './measure/histogram.ts'
import type {Step} from './run.ts'
import {makeStep} from './step.ts'

/** A queue that grows by more than this share of what comes in does not keep up. */
export const STEADY = 0.01

/** A flow as rows of the capacity table: until the row was committed, and until Redis had answered. */
export function flowSteps(name: string, target: number, flow: Flow): [Step, Step] {
  const {rows, replies, evidence} = flow
  const due = rows.completed + rows.failed
  const common = {
    target,
    achieved: rows.seconds > 0 ? rows.completed / rows.seconds : 0,
    perSecond: distributionOf(rows.perSecond),
    errors: due > 0 ? rows.failed / due : 0,
    lag: rows.lag.percentile(99),
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
      name: `${name}, to the reply of Redis`,
      latency: latencyOf(replies.corrected, replies.raw),
      verdict: isValid ? 'ok' : 'INVALID',
      spectrum: replies.corrected.spectrum(),
    }),
  ]
}

function verdictOf(target: number, {backlogPerSecond, rows}: Flow): string {
  if (backlogPerSecond > Math.max(1, target * STEADY)) return 'BEHIND'
  return rows.failed > 0 ? 'ERRORS' : 'ok'
}

import {count} from '../../render/format.ts'
import {describeAgent} from '../agents/describe.ts'
import type {Bench} from '../bench.ts'
import {named, usageFigures} from '../figures.ts'
import type {Findings} from '../findings.ts'
import {type Flow, type FlowOptions, runFlow} from '../flow/flow.ts'
import {flowSteps, steadyGrowth} from '../flow/flow-step.ts'
import {nameLimit} from '../measure/evidence.ts'
import {tickOf} from '../measure/open-loop.ts'
import {countFlowLedger, ledgerChecks} from '../place/count-ledger.ts'
import type {Check, Comparison, Ledger} from '../shape/findings.ts'
import type {Latency, Step, Usage} from '../shape/step.ts'

/** The documented run: 1,000 ops/s for 60 s at 30 % CPU and 200 MB, the pool never used up. */
const DOCUMENTED = {rate: 1000, cpu: 30, memory: 200e6}

/** Share of the rate that has to be reached; the last second is rarely complete. */
const REACHED = 0.99

/**
 * Holds a rate for a while, and times every record from the intended moment to its committed row.
 * @param run how the records are sent and timed: by this process, or by several
 */
export async function runSustained(
  bench: Bench,
  options: FlowOptions,
  run: (bench: Bench, options: FlowOptions) => Promise<Flow> = runFlow,
): Promise<Findings> {
  const {rate, seconds, warmupSeconds, arrivals, seed, workers, batch} = options
  bench.onStep(`${rate} records/s for ${seconds} s`, (warmupSeconds + seconds) * 1000)
  const flow = await run(bench, options)
  const {rows, evidence, agents} = flow
  const ledger = await countFlowLedger(bench.pool, bench.place, flow.acked)
  const [toRow, toReply] = flowSteps(`${count(rate)} ops/s`, rate, flow)
  // Without workers, only replies were timed
  const steps = workers > 0 ? [toRow, toReply] : [toRow]
  const [step] = steps
  const checks = [...steadyChecks(options, flow, step), ...ledgerChecks(ledger)]
  const isWell = checks.every((check) => check.ok)
  const p99 = step.latency?.p99 ?? null
  return {
    verdict: `${count(rate)} ops/s for ${seconds} s ${isWell ? 'sustained' : 'NOT sustained'}, p99 to the ${workers > 0 ? 'row' : 'reply'} ${p99 === null ? 'n/a' : `${p99.toFixed(1)} ms`}`,
    invalid: rows.validity.state === 'invalid' ? rows.validity.why : undefined,
    checks,
    parameters: {
      ...{rate, seconds, warmupSeconds, arrivals, seed, workers, batch},
      ...(agents ? {agents: agents.length} : {}),
    },
    steps,
    comparisons: besideDocumented(step, evidence.usage),
    limit: nameLimit(evidence),
    ledger,
    agents,
    fit: null,
    notes: [
      `${warmupSeconds} s of warm-up are not counted`,
      `latency counts from the scheduled send time to the ${workers > 0 ? 'confirmed COMMIT' : 'reply of Redis'}; raw99 counts from the actual sending`,
      `records are scheduled in ticks of ${tickOf(rate / (agents?.length ?? 1))} ms; those of one tick are sent together`,
      ...(agents ?? []).map(describeAgent),
      ...rows.doubts,
      ...[...rows.errors].map(([message, n]) => `${count(n)} records failed: ${message}`),
    ],
    metrics: flowMetrics(flow, step.latency, ledger),
    atLeast: step.latency?.atLeast,
  }
}

/** Whether the rate was reached and held, with connections to spare. */
function steadyChecks({rate, seconds}: FlowOptions, {evidence, backlogPerSecond}: Flow, step: Step): Check[] {
  const exhausted = evidence.pool?.waiting ?? 0
  return [
    {
      name: 'rate',
      ok: step.achieved >= rate * REACHED,
      text: `${count(Math.floor(step.achieved))} of ${count(rate)} ops/s`,
    },
    {
      name: 'backlog',
      ok: backlogPerSecond <= steadyGrowth(rate, seconds),
      text: `backlog ${backlogPerSecond.toFixed(1)} records/s`,
    },
    {name: 'pool', ok: exhausted === 0, text: `pool exhausted ${(exhausted * 100).toFixed(0)} % of the time`},
  ]
}

function besideDocumented(step: Step, {qtool: {cpu, memory}}: Usage): Comparison[] {
  return [
    {
      measure: 'sustained rate',
      documented: DOCUMENTED.rate,
      measured: step.achieved,
      unit: 'ops/s',
      moreIsBetter: true,
    },
    {measure: 'CPU of qtool', documented: DOCUMENTED.cpu, measured: cpu, unit: '%', moreIsBetter: false},
    {
      measure: 'memory of qtool',
      documented: DOCUMENTED.memory / 1e6,
      measured: memory === null ? null : memory / 1e6,
      unit: 'MB',
      moreIsBetter: false,
    },
  ]
}

/** The figures of a flow by name, without those that were not measured. */
export function flowMetrics(
  {rows, backlogPerSecond, evidence}: Flow,
  latency: Latency | null,
  {lost, duplicated}: Ledger,
): Record<string, number> {
  const due = rows.completed + rows.failed
  return {
    ...named({
      rate: rows.completed / Math.max(rows.seconds, 1e-9),
      p50: latency?.p50,
      p90: latency?.p90,
      p99: latency?.p99,
      p999: latency?.p999,
      max: latency?.max,
      raw99: latency?.raw99,
      lag: rows.lag.percentile(99),
      loopLag: evidence.usage.loopLagMs,
      errors: due > 0 ? rows.failed / due : 0,
      backlog: backlogPerSecond,
      lost,
      duplicated,
    }),
    ...usageFigures(evidence.usage),
  }
}

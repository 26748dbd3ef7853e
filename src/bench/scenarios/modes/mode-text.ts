import {count} from '../../../render/format.ts'
import type {Comparison} from '../../shape/findings.ts'
import type {Step} from '../../shape/step.ts'
import {itemsPerTrip, lanesOf, type Mode, type Way} from './mode-sender.ts'

/** The result of one way of sending. */
export interface WayResult {
  way: Way
  step: Step
}

/** The documented run, over a link with a round trip of `rttMs`. */
const DOCUMENTED = {rttMs: 90, single: 11, pipelined: 3800, speedup: 345}

/** The default batch of `qtool enqueue`, which represents a mode. */
const USUAL_BATCH = 1000

const NAMES: Record<Mode, string> = {
  single: 'single',
  pipeline: 'pipeline',
  batch: 'batch',
  auto: 'auto-pipelining',
}

export function nameOf({mode, batch, confirmedBy}: Way): string {
  if (confirmedBy) return `${nameOf({mode, batch})}, durability ${confirmedBy}`
  if (mode === 'single') return 'single'
  return mode === 'auto' ? `auto-pipelining, ${count(batch)} at a time` : `${mode} of ${count(batch)}`
}

/** The step that represents a mode: the one with the usual batch, else the one with the largest. */
export function usual(results: WayResult[], mode: Mode): WayResult | undefined {
  const found = results.filter(({way}) => way.mode === mode && !way.confirmedBy)
  const largest = found.toSorted((a, b) => b.way.batch - a.way.batch)[0]
  return found.find(({way}) => way.batch === USUAL_BATCH) ?? largest
}

/**
 * Figures by name: `rateSingle` and `rateBatch` for the usual batch, `rateBatch@100` for each batch, and
 * `rateBatch@100:replica` if each chunk was confirmed.
 */
export function modeMetrics(results: WayResult[]): Record<string, number> {
  const metrics: Record<string, number> = {}
  for (const {way, step} of results) {
    const name = `rate${way.mode[0].toUpperCase()}${way.mode.slice(1)}`
    if (way.confirmedBy) metrics[`${name}@${way.batch}:${way.confirmedBy}`] = step.achieved
    else if (way.mode !== 'single') metrics[`${name}@${way.batch}`] = step.achieved
    if (usual(results, way.mode)?.way === way) metrics[name] = step.achieved
  }
  const speedup = speedupOf(results)
  if (speedup !== null) metrics.speedup = speedup
  return metrics
}

/** Rate of the usual pipeline divided by that of single items. */
function speedupOf(results: WayResult[]): number | null {
  const single = usual(results, 'single')?.step.achieved
  const pipelined = usual(results, 'pipeline')?.step.achieved
  return single && pipelined ? pipelined / single : null
}

/** Compares only over the link of the documented run: with another round trip, the figures are unrelated. */
export function modeComparisons(results: WayResult[], rttMs: number): Comparison[] {
  if (rttMs !== DOCUMENTED.rttMs) return []
  const pipelined = usual(results, 'pipeline')
  const common = {unit: 'items/s', moreIsBetter: true}
  return [
    {
      ...common,
      measure: 'single',
      documented: DOCUMENTED.single,
      measured: usual(results, 'single')?.step.achieved ?? null,
    },
    {
      ...common,
      measure: pipelined ? nameOf(pipelined.way) : 'pipeline',
      documented: DOCUMENTED.pipelined,
      measured: pipelined?.step.achieved ?? null,
    },
    {
      measure: 'pipelined against single',
      documented: DOCUMENTED.speedup,
      measured: speedupOf(results),
      unit: '×',
      moreIsBetter: true,
    },
  ]
}

/** Notes that explain the figures. */
export function modeNotes(results: WayResult[], link: {roundTrip: number; rttMs: number}): string[] {
  const {roundTrip, rttMs} = link
  const trip = `${roundTrip.toFixed(roundTrip < 10 ? 2 : 1)} ms`
  const single = usual(results, 'single')
  const others = (['pipeline', 'batch', 'auto'] as const).flatMap((mode) => usual(results, mode) ?? [])
  return [
    `the round trip of an empty command was ${trip}${rttMs > 0 ? `, of which ${rttMs} ms come from a delaying proxy inside this process (its CPU counts as qtool's)` : ''}`,
    ...(single ? [ofSingle(single, roundTrip, trip)] : []),
    ...others.map((result) => ofShared(result, roundTrip, trip)),
    ...(rttMs > 0 ? [ofDocumented()] : []),
    'closed loop: every mode sends as fast as Redis answers, and latency counts from the actual sending; each step starts with an empty queue, and its warm-up is not counted',
  ]
}

function ofSingle({step}: WayResult, roundTrip: number, trip: string): string {
  return `single: each item waits for the reply to the previous one, so about 1000 / ${trip} = ${rate(1000 / roundTrip)} items/s; measured ${rate(step.achieved)}`
}

function ofShared({way, step}: WayResult, roundTrip: number, trip: string): string {
  const under = lanesOf(way) * itemsPerTrip(way)
  const bound = (under * 1000) / roundTrip
  const what =
    way.mode === 'auto'
      ? `${count(under)} items in flight`
      : `${lanesOf(way)} batches of ${count(way.batch)} in flight`
  const shared = (step.achieved * roundTrip) / 1000
  return `${NAMES[way.mode]}: ${what}, so at most ${count(under)} items / ${trip} = ${rate(bound)} items/s; measured ${rate(step.achieved)}, which is ${rate(shared)} items per round trip`
}

function ofDocumented(): string {
  const shared = (DOCUMENTED.pipelined * DOCUMENTED.rttMs) / 1000
  return `the documented ${DOCUMENTED.speedup}× is the number of items that shared a round trip: ${count(DOCUMENTED.pipelined)} items/s × ${DOCUMENTED.rttMs} ms = ${count(shared)}; it holds for that batch size and that link, where no server was at its limit`
}

function rate(value: number): string {
  return value < 100 ? value.toFixed(1) : count(value)
}

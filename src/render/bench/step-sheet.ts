import type {LatencyFigure, Step} from '../../bench/shape/step.ts'
import {count} from '../format.ts'
import {ABSENT, cells, figure, rateCells, timeCells} from './figures.ts'
import {measured, type SheetColumn} from './sheet.ts'

/** What the columns of the capacity table mean. */
export function stepUnits(steps: Step[]): string {
  if (steps.every((step) => step.latency === null)) return 'rates in ops/s'
  const raw = steps.some((step) => step.latency?.raw99 != null)
  // Clients that wait for each answer before they send again have no schedule
  if (!raw && steps.every((step) => step.parameters.connections !== undefined)) {
    return 'rates in ops/s; times in ms from the actual send'
  }
  return `rates in ops/s; times in ms from the scheduled send${raw ? ' (raw99: actual send)' : ''}`
}

/** The capacity table: a row for each step, one unit a column. */
export function stepSheet(steps: Step[]): SheetColumn[] {
  return [
    {title: 'step', least: 12, cells: steps.map((step) => step.name)},
    ...rates(steps),
    ...latencies(steps),
    ...troubles(steps),
    {title: 'verdict', least: 10, cells: steps.map((step) => step.verdict)},
  ]
}

function rates(steps: Step[]): SheetColumn[] {
  const target = steps.map((step) => step.target)
  const achieved = steps.map((step) => step.achieved)
  const isNamed = steps.every(({name, target: rate}) => rate === null || name.includes(count(rate)))
  // One decimal, because 999.98 of 1,000 should show neither as 1,000 nor as 999.
  const besideTarget = Math.max(...achieved) < 10_000 && steps.some((step) => step.target !== null)
  const spread = steps.some((step) => step.perSecond !== null)
  return [
    ...measured(target, {title: 'target', spare: isNamed ? 8 : 3}, rateCells),
    ...measured(achieved, {title: 'achieved'}, besideTarget ? (rates) => cells(rates, 1, 'down') : rateCells),
    ...(spread ? [{title: 'p10-p90/s', right: true, spare: 11, cells: steps.map(ofEachSecond)}] : []),
  ]
}

function ofEachSecond({perSecond}: Step): string {
  if (perSecond === null) return ABSENT
  const [from, to] = rateCells([perSecond.p10, perSecond.p90])
  return `${from}-${to}`
}

function latencies(steps: Step[]): SheetColumn[] {
  const of = (name: 'p50' | 'p99' | 'p999' | 'max' | 'raw99') =>
    steps.map((step) => step.latency?.[name] ?? null)
  const lag = steps.map((step) => step.lagMs)
  // A lower bound: operations without an answer at the end of the run may have taken longer
  const bounded = (name: LatencyFigure) => (values: Array<number | null>) =>
    timeCells(values).map((text, i) => (steps[i].latency?.atLeast?.includes(name) ? `>= ${text}` : text))
  return [
    ...measured(of('p50'), {title: 'p50', spare: 7}, bounded('p50')),
    ...measured(of('p99'), {title: 'p99'}, bounded('p99')),
    ...measured(of('p999'), {title: 'p99.9', spare: 9}, bounded('p999')),
    ...measured(of('max'), {title: 'max', spare: 10}, bounded('max')),
    ...measured(of('raw99'), {title: 'raw99', spare: 4}, bounded('raw99')),
    ...measured(lag, {title: 'lag', spare: 6}, timeCells),
  ]
}

function troubles(steps: Step[]): SheetColumn[] {
  const backlog = steps.map((step) => step.backlogPerSecond)
  return [
    ...measured(
      steps.map((step) => step.errors * 100),
      {title: 'err%', spare: 2},
      (shares) => cells(shares, 2, 'up'),
    ),
    ...measured(backlog, {title: 'backlog/s', spare: 5}, (growths) =>
      growths.map((growth) => (growth === null ? ABSENT : signed(growth))),
    ),
  ]
}

/** Rounded up, because growth of the queue is bad. */
function signed(growth: number): string {
  const text = figure(growth, 0, 'up')
  return text.startsWith('-') ? text : `+${text}`
}

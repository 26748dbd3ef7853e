import {QtoolError, usageError} from '../../errors.ts'
import {metricOf} from '../../threshold/metric.ts'
import type {BenchRun} from '../shape/run.ts'
import {assertComparable, findDifferences} from './comparable.ts'
import {compareMetrics, LEAST_ROUNDS, type MetricComparison} from './compare-metrics.ts'

export interface CompareOptions {
  /** Changes up to this share are no regression, however significant; 0.03 by default. */
  tolerance?: number
  /** Also compares runs with different parameters or environments. */
  allowDifferent?: boolean
}

/** How the figures changed from runs A to runs B. */
export interface RunComparison {
  /**
   * `regression`: a figure got worse. `unsure`: none is seen to have got worse, but every rate and time has too few
   * rounds, or so much noise that it could hide a change for the worse of 20 %.
   */
  state: 'regression' | 'ok' | 'unsure'
  a: ComparedSide
  b: ComparedSide
  tolerance: number
  metrics: MetricComparison[]
  /** What differs besides qtool; only with `allowDifferent`. */
  differences: string[]
  notes: string[]
}

export interface ComparedSide {
  /** Ids of the runs whose figures are compared. */
  ids: string[]
  labels: string[]
  qtool: string[]
}

export const TOLERANCE = 0.03

/** A figure must be precise enough to show a regression of this share. */
const TOO_WIDE = 0.2

/**
 * Compares the rounds of runs, pooled on each side. Runs without valid figures (invalid, interrupted) are left out.
 * @throws QtoolError (refused) if they differ in more than qtool, (measurement) if a side has no valid run
 */
export function compareRuns(
  a: readonly BenchRun[],
  b: readonly BenchRun[],
  {tolerance = TOLERANCE, allowDifferent = false}: CompareOptions = {},
): RunComparison {
  const ids = a.map(({id}) => id)
  const both = b.find(({id}) => ids.includes(id))
  if (both) throw usageError(`expected two different runs, got ${both.id} on both sides`)
  const [validA, validB] = [chooseValid('A', a), chooseValid('B', b)]
  const differences = findDifferences([...validA, ...validB])
  if (!allowDifferent) assertComparable(differences)
  const metrics = compareMetrics(poolRounds(validA), poolRounds(validB), tolerance)
  return {
    state: judge(metrics),
    a: describeSide(validA),
    b: describeSide(validB),
    tolerance,
    metrics,
    differences,
    notes: [...noteRuns([...a, ...b], validA, validB), ...noteMetrics(validA, validB, metrics)],
  }
}

function chooseValid(side: string, runs: readonly BenchRun[]): BenchRun[] {
  const valid = runs.filter(isValid)
  if (valid.length > 0) return valid
  const states = runs.map(({id, state}) => `${id} is ${state}`).join(', ')
  throw new QtoolError(`no valid run to compare as ${side}: ${states || 'there is none'}`, {
    code: 'INVALID_RUNS',
    kind: 'measurement',
  })
}

/** A run that failed a check was still measured properly. */
function isValid({state}: BenchRun): boolean {
  return state === 'ok' || state === 'failed'
}

function poolRounds(runs: readonly BenchRun[]): Map<string, number[]> {
  const pooled = new Map<string, number[]>()
  for (const {rounds} of runs) {
    for (const [name, values] of Object.entries(rounds)) {
      pooled.set(name, [...(pooled.get(name) ?? []), ...values])
    }
  }
  return pooled
}

function describeSide(runs: readonly BenchRun[]): ComparedSide {
  return {
    ids: runs.map(({id}) => id),
    labels: [...new Set(runs.flatMap(({label}) => label ?? []))],
    qtool: [...new Set(runs.map(({environment}) => environment.qtool))],
  }
}

function judge(metrics: readonly MetricComparison[]): RunComparison['state'] {
  if (metrics.some(({verdict}) => verdict === 'worse')) return 'regression'
  // Memory and CPU hardly vary, and `lost` is always zero: they do not show speed
  const ofSpeed = metrics.filter(({name}) => ['rate', 'time'].includes(metricOf(name)?.kind ?? ''))
  const telling = (ofSpeed.length > 0 ? ofSpeed : metrics).some(
    (metric) => metric.verdict === 'better' || (metric.verdict === 'same' && hidden(metric) <= TOO_WIDE),
  )
  return telling ? 'ok' : 'unsure'
}

/** The largest change for the worse that the interval allows, as a share; infinite if the interval has no end there. */
function hidden({interval, moreIsBetter}: MetricComparison): number {
  if (!interval) return Number.POSITIVE_INFINITY
  return moreIsBetter ? 1 - (interval.low ?? 1) : (interval.high ?? Number.POSITIVE_INFINITY) - 1
}

function noteRuns(all: readonly BenchRun[], a: readonly BenchRun[], b: readonly BenchRun[]): string[] {
  const notes = all
    .filter((run) => !isValid(run))
    .map(({id, state}) => `${id} ignored: it is ${state}, so its figures mean nothing`)
  if (a.length === 1 && b.length === 1) {
    notes.push(
      'only one run on each side: any other change on the machine between the two looks like a change in qtool; alternate runs of A and B, each with its own --label, and compare the labels',
    )
  }
  return notes
}

function noteMetrics(
  a: readonly BenchRun[],
  b: readonly BenchRun[],
  metrics: readonly MetricComparison[],
): string[] {
  const names = [...new Set([...a, ...b].flatMap(({rounds}) => Object.keys(rounds)))]
  const compared = new Set(metrics.map(({name}) => name))
  const left = names.filter((name) => !compared.has(name))
  const wide = metrics.filter((metric) => metric.verdict === 'same' && hidden(metric) > TOO_WIDE)
  const few = metrics.filter(({verdict}) => verdict === 'too few rounds')
  return [
    ...left.map((name) =>
      metricOf(name)
        ? `${name} not compared: missing on one side, or negative`
        : `${name} not compared: unknown whether higher or lower is better`,
    ),
    ...wide.map(({name}) => `${name} is too noisy to rule out a 20 % regression`),
    ...(few.length > 0
      ? [
          `each figure needs at least ${LEAST_ROUNDS} rounds on each side, more when many figures are compared`,
        ]
      : []),
  ]
}

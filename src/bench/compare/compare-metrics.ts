import {metricOf} from '../../threshold/metric.ts'
import {bootstrapRatio, type RatioInterval} from '../stats/bootstrap.ts'
import {holm} from '../stats/holm.ts'
import {mannWhitney, smallestP} from '../stats/mann-whitney.ts'
import {mean, median} from '../stats/summary.ts'

export type MetricVerdict = 'better' | 'worse' | 'same' | 'too few rounds'

/** How one figure changed from A to B. */
export interface MetricComparison {
  name: string
  moreIsBetter: boolean
  a: PooledRounds
  b: PooledRounds
  /** Median of B divided by that of A; null if A's is zero and B's is not. */
  ratio: number | null
  /** 95 % confidence interval of the ratio; an end is null if it is infinite. */
  interval: {low: number | null; high: number | null} | null
  /** p value of the Mann-Whitney test, corrected for the number of figures; null if there are too few rounds. */
  p: number | null
  /** `same`: no change was seen, which does not prove that there is none; the interval shows how large it may be. */
  verdict: MetricVerdict
}

export interface PooledRounds {
  median: number
  rounds: number
}

interface Pair {
  name: string
  moreIsBetter: boolean
  a: readonly number[]
  b: readonly number[]
}

/** Four rounds a side cannot give a p value below 0.029, which is too high as soon as two figures are compared. */
export const LEAST_ROUNDS = 5

const LEVEL = 0.05

/** Seed of the resampling, so that the same rounds give the same interval. */
const SEED = 20_260_101

/**
 * Compares every figure that both sides have. A figure is `worse` (or `better`) only if three conditions hold: its p
 * value, corrected by Holm, is below 0.05; the whole interval of the ratio lies on that side of 1; and the ratio
 * itself is further from 1 than the tolerance. If a median is zero, the p value alone decides.
 *
 * In simulations with 12 rounds a side and a noise of 5 to 8 %, comparisons of three figures find a slowdown of 10 %
 * in 90 to 99 of 100 cases (the more noise the figures share, the fewer) and a false one in 1 to 3; see
 * compare.slow.test.ts. One figure alone finds it in 81, with 20 rounds in 96. If the whole interval had to lie beyond the
 * tolerance, one figure would find it in only 54 and three in 74 to 89: too few, and false alarms are rare without it.
 */
export function compareMetrics(
  a: ReadonlyMap<string, readonly number[]>,
  b: ReadonlyMap<string, readonly number[]>,
  tolerance: number,
): MetricComparison[] {
  const pairs = pairUp(a, b)
  const enough = pairs.filter((pair) => Math.min(pair.a.length, pair.b.length) >= LEAST_ROUNDS)
  // With too few rounds for the number of figures, even samples that do not overlap would not be significant
  const testable = enough.filter((pair) => smallestP(pair.a.length, pair.b.length) * enough.length < LEVEL)
  const corrected = holm(testable.map((pair) => mannWhitney(pair.a, pair.b).p))
  const ps = new Map(testable.map(({name}, i) => [name, corrected[i]]))
  return pairs.map((pair) => compareMetric(pair, ps.get(pair.name), tolerance))
}

/** Leaves out figures with negative values, such as a shrinking backlog: their ratio means nothing. */
function pairUp(
  a: ReadonlyMap<string, readonly number[]>,
  b: ReadonlyMap<string, readonly number[]>,
): Pair[] {
  return [...a].flatMap(([name, ofA]) => {
    const [metric, ofB] = [metricOf(name), b.get(name)]
    if (!metric || !ofB || ofA.length === 0 || ofB.length === 0) return []
    if ([...ofA, ...ofB].some((value) => value < 0)) return []
    return [{name, moreIsBetter: metric.moreIsBetter, a: ofA, b: ofB}]
  })
}

function compareMetric({a, b, ...names}: Pair, p: number | undefined, tolerance: number): MetricComparison {
  const interval = bootstrapRatio(a, b, {seed: SEED})
  const {ratio, low, high} = interval
  const common = {
    ...names,
    a: {median: median(a), rounds: a.length},
    b: {median: median(b), rounds: b.length},
    ratio: finite(ratio),
  }
  if (p === undefined) return {...common, interval: null, p: null, verdict: 'too few rounds'}
  const change = p < LEVEL ? findChange(a, b, interval, tolerance) : undefined
  const verdict = !change ? 'same' : (change === 'more') === names.moreIsBetter ? 'better' : 'worse'
  return {...common, interval: {low: finite(low), high: finite(high)}, p, verdict}
}

/** The direction in which a figure with a small p value has changed; undefined if it has not changed enough. */
function findChange(
  a: readonly number[],
  b: readonly number[],
  {ratio, low, high}: RatioInterval,
  tolerance: number,
): 'more' | 'less' | undefined {
  // E.g. errors after none: there is no ratio to zero, so any change counts
  if (median(a) === 0 || median(b) === 0) return mean(b) > mean(a) ? 'more' : 'less'
  if (low > 1 && ratio > 1 + tolerance) return 'more'
  return high < 1 && ratio < 1 - tolerance ? 'less' : undefined
}

/** JSON has no infinity. */
function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null
}

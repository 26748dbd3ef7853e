import {Random} from './random.ts'
import {quantileOfSorted} from './summary.ts'

/** Ratio of the medians, B over A. Infinity if only the median of A is zero. */
export interface RatioInterval {
  ratio: number
  low: number
  high: number
}

export interface BootstrapOptions {
  seed: number
  /** Confidence level; 0.95 by default. */
  confidence?: number
}

const RESAMPLES = 10_000

/**
 * The median of `b` divided by that of `a`, and its confidence interval: percentiles over 10,000 resamples. Takes
 * values of 0 or more; 12 values a side take 3 ms.
 */
export function bootstrapRatio(
  a: readonly number[],
  b: readonly number[],
  {seed, confidence = 0.95}: BootstrapOptions,
): RatioInterval {
  const random = new Random(seed)
  const [sideA, sideB] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()]
  const draws = new Uint32Array(Math.max(a.length, b.length))
  const ratios = new Float64Array(RESAMPLES)
  for (let i = 0; i < RESAMPLES; i++) {
    ratios[i] = divide(resampledMedian(sideB, draws, random), resampledMedian(sideA, draws, random))
  }
  ratios.sort()
  return {
    ratio: divide(quantileOfSorted(sideB, 0.5), quantileOfSorted(sideA, 0.5)),
    low: quantileOfSorted(ratios, (1 - confidence) / 2),
    high: quantileOfSorted(ratios, (1 + confidence) / 2),
  }
}

/** 0 / 0 counts as 1, i.e. no change. */
function divide(b: number, a: number): number {
  return a === b ? 1 : b / a
}

/** Counts how often each rank is drawn and walks to the middle: a resample needs neither sorting nor a new array. */
function resampledMedian(sorted: Float64Array, draws: Uint32Array, random: Random): number {
  const size = sorted.length
  // Faster than fill for so few values
  for (let rank = 0; rank < size; rank++) draws[rank] = 0
  for (let i = 0; i < size; i++) draws[random.below(size)]++
  const upper = size >> 1
  let seen = 0
  let below = -1
  for (let rank = 0; ; rank++) {
    seen += draws[rank]
    // The lower of the two middle values, if `size` is even
    if (below < 0 && seen >= upper) below = rank
    if (seen > upper) return size % 2 === 1 ? sorted[rank] : (sorted[below] + sorted[rank]) / 2
  }
}

import {tQuantile} from './student-t.ts'

/**
 * Quantile `q` (0 to 1), between two values in proportion: type 7 of Hyndman and Fan, the default of R and NumPy.
 * NaN of no values.
 */
export function quantile(values: readonly number[], q: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), q)
}

/** As `quantile`, of values that are sorted already. */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  const above = Math.ceil(at)
  if (sorted.length === 0) return Number.NaN
  // Apart, or two infinite neighbours would make NaN
  if (below === above || sorted[below] === sorted[above]) return sorted[below]
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}

/** NaN of no values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** NaN of no values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Standard deviation of the population that the values are a sample of (n − 1). NaN of fewer than two. */
export function deviation(values: readonly number[]): number {
  if (values.length < 2) return Number.NaN
  const middle = mean(values)
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1))
}

/**
 * How far the true mean may lie from the mean of the values, as a share of it: 0.03 is ±3 %. Student's t, so it holds
 * for few values, of a distribution that is not far from normal.
 * @returns null where that cannot be told: fewer than two values, or a mean of zero
 */
export function relativeHalfWidth(values: readonly number[], confidence = 0.95): number | null {
  const middle = mean(values)
  if (values.length < 2 || middle === 0) return null
  const standardError = deviation(values) / Math.sqrt(values.length)
  return (tQuantile((1 + confidence) / 2, values.length - 1) * standardError) / Math.abs(middle)
}

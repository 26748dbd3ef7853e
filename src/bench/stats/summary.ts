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

/**
 * Quantile `q` (0 to 1), interpolated linearly: type 7 of Hyndman and Fan, the default of R and NumPy. NaN without
 * values.
 */
export function quantile(values: readonly number[], q: number): number {
  return quantileOfSorted(Float64Array.from(values).sort(), q)
}

/** Like `quantile`, for values that are already sorted. */
export function quantileOfSorted(sorted: Float64Array, q: number): number {
  const at = (sorted.length - 1) * q
  const below = Math.floor(at)
  const above = Math.ceil(at)
  if (sorted.length === 0) return Number.NaN
  // A case of its own, because interpolating between two infinite values would make NaN
  if (below === above || sorted[below] === sorted[above]) return sorted[below]
  return sorted[below] + (at - below) * (sorted[above] - sorted[below])
}

/** NaN without values. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** NaN without values. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}

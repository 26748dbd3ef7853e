import type {Step} from '../shape/step.ts'

/**
 * Shows how steady a rate was: percentiles of the operations of each whole second, by nearest rank, so that every
 * figure is that of an actual second. null without a whole second.
 */
export function distributionOf(perSecond: readonly number[]): Step['perSecond'] {
  if (perSecond.length === 0) return null
  const sorted = [...perSecond].sort((a, b) => a - b)
  const rank = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]
  return {p10: rank(0.1), p50: rank(0.5), p90: rank(0.9), min: sorted[0], max: sorted[sorted.length - 1]}
}

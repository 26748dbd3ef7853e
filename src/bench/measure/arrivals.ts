/** `constant`: evenly spaced. `poisson`: like the requests of many independent users. */
export type ArrivalKind = 'constant' | 'poisson'

/**
 * When operations are meant to be sent: every call returns the next time, in ms from the start.
 * @param rate operations per second
 * @param random at least 0, below 1; seeded, so that a run can be repeated
 * @param phase when the first of evenly spaced ones is due, as a share of the gap between two
 */
export function arrivals(kind: ArrivalKind, rate: number, random: () => number, phase = 0): () => number {
  const gap = 1000 / rate
  if (kind === 'poisson') {
    let at = 0
    // 1 - random() is never 0, whose logarithm is infinite
    return () => {
      at -= Math.log(1 - random()) * gap
      return at
    }
  }
  let i = 0
  // A product, because a sum of many gaps would drift
  return () => (i++ + phase) * gap
}

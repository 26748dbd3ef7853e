/**
 * p values of several tests, corrected so that the chance of even one false alarm among all of them stays below the
 * level they are compared with. Holm 1979: as safe as Bonferroni's and never weaker. In the order given.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, i) => i).sort((left, right) => ps[left] - ps[right])
  const corrected = new Array<number>(ps.length)
  let least = 0
  for (const [place, i] of order.entries()) {
    least = Math.max(least, Math.min(1, ps[i] * (ps.length - place)))
    corrected[i] = least
  }
  return corrected
}

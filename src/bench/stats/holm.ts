/**
 * p values of several tests, in the order given, corrected so that the chance of any false alarm among them stays below
 * the significance level. Holm 1979: as safe as Bonferroni's correction, and never less powerful.
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

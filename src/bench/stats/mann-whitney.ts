import {upperTail} from './normal.ts'

export interface MannWhitney {
  /** Number of pairs in which the value of `a` is larger, with ties as half: W of R's wilcox.test. */
  u: number
  /** Probability of a difference at least as large, in either direction, if both distributions are the same. */
  p: number
}

/** Up to this many values a side, without ties, p is exact; beyond it the normal approximation is as good. */
const EXACT = 20

/**
 * The two-sided Mann-Whitney U test: do two samples come from the same distribution, whatever its shape? Both need at
 * least one value.
 */
export function mannWhitney(a: readonly number[], b: readonly number[]): MannWhitney {
  const {u, ties} = rank(a, b)
  const isExact = ties === 0 && a.length <= EXACT && b.length <= EXACT
  return {u, p: isExact ? exactP(u, a.length, b.length) : normalP(u, a.length, b.length, ties)}
}

/** The smallest p that n and m values can give: that of two samples that do not overlap. */
export function smallestP(n: number, m: number): number {
  let p = 2
  for (let i = 1; i <= n; i++) p *= i / (m + i)
  return Math.min(1, p)
}

/** U of `a`, and the sum of t³ − t over the groups of t equal values. */
function rank(a: readonly number[], b: readonly number[]): {u: number; ties: number} {
  const all = [...a.map((value) => ({value, ofA: 1})), ...b.map((value) => ({value, ofA: 0}))]
  all.sort((left, right) => left.value - right.value)
  let ranksOfA = 0
  let ties = 0
  for (let from = 0; from < all.length; ) {
    let to = from
    let ofA = 0
    while (to < all.length && all[to].value === all[from].value) ofA += all[to++].ofA
    const size = to - from
    ranksOfA += (ofA * (from + 1 + to)) / 2
    ties += size ** 3 - size
    from = to
  }
  return {u: ranksOfA - (a.length * (a.length + 1)) / 2, ties}
}

function exactP(u: number, n: number, m: number): number {
  const counts = orders(n, m)
  const all = counts.reduce((sum, count) => sum + count, 0)
  // The distribution is symmetric
  const extreme = Math.min(u, n * m - u)
  const beyond = counts.slice(0, extreme + 1).reduce((sum, count) => sum + count, 0)
  return Math.min(1, (2 * beyond) / all)
}

/**
 * Number of orders of n and m values for which U is 0, 1, … n·m: the coefficients of the Gaussian binomial, built up as
 * ∏ (1 − q^(m+i)) / (1 − q^i). Whole numbers throughout, below 2^38 for 20 and 20.
 */
function orders(n: number, m: number): number[] {
  const counts = new Array<number>(n * m + 1).fill(0)
  counts[0] = 1
  for (let i = 1; i <= n; i++) {
    for (let u = counts.length - 1; u >= m + i; u--) counts[u] -= counts[u - m - i]
    for (let u = i; u < counts.length; u++) counts[u] += counts[u - i]
  }
  return counts
}

/** The normal approximation, corrected for ties and continuity. */
function normalP(u: number, n: number, m: number, ties: number): number {
  const size = n + m
  const variance = ((n * m) / 12) * (size + 1 - ties / (size * (size - 1)))
  // The variance is zero, or NaN, if all values are equal
  if (!(variance > 0)) return 1
  const distance = Math.max(0, Math.abs(u - (n * m) / 2) - 0.5)
  return Math.min(1, 2 * upperTail(distance / Math.sqrt(variance)))
}

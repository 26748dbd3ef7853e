import {describe, expect, it} from 'vitest'
import {mannWhitney, smallestP} from '../../../src/bench/stats/mann-whitney.ts'

/** p by its definition: the share of all ways to divide the values that are at least as extreme as this one. */
function enumerate(a: number[], b: number[]): number {
  const all = [...a, ...b]
  const middle = (a.length * b.length) / 2
  const distance = (chosen: number[], rest: number[]) =>
    Math.abs(chosen.flatMap((x) => rest.filter((y) => x > y)).length - middle)
  const seen = distance(a, b)
  let [ways, extreme] = [0, 0]
  for (let mask = 0; mask < 2 ** all.length; mask++) {
    const chosen = all.filter((_, i) => mask & (1 << i))
    if (chosen.length !== a.length) continue
    ways++
    if (
      distance(
        chosen,
        all.filter((_, i) => !(mask & (1 << i))),
      ) >= seen
    )
      extreme++
  }
  return extreme / ways
}

const even = (count: number, from: number) => Array.from({length: count}, (_, i) => from + 2 * i)

describe('mannWhitney', () => {
  it('gives W and p of the first example of ?wilcox.test', () => {
    // Hollander and Wolfe, permeability of membranes; R, two-sided: W = 35, p-value = 0.2544
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    const {u, p} = mannWhitney(term, [1.15, 0.88, 0.9, 0.74, 1.21])
    expect(u).toBe(35)
    expect(p).toBeCloseTo(0.254412, 6)
  })

  it('gives W and p of the second example of ?wilcox.test, which has ties', () => {
    // Ozone in airquality, May and August; R: W = 127.5, p-value = 0.0001208
    const may = [
      41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37,
    ]
    const august = [
      39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84,
      85,
    ]
    const {u, p} = mannWhitney(may, august)
    expect(u).toBe(127.5)
    expect(p).toBeCloseTo(0.000120808, 9)
  })

  it.each([
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [[5], [1, 2, 3, 4]],
    [
      [1, 4, 7, 9],
      [2, 3, 5, 6, 8],
    ],
    [
      [1, 2, 3, 8, 9, 10],
      [4, 5, 6, 7],
    ],
    [
      [12, 5, 7, 9, 1],
      [2, 11, 3, 4, 6],
    ],
  ])('is what counting every order gives, for %j and %j', (a, b) => {
    expect(mannWhitney(a, b).p).toBeCloseTo(enumerate(a, b), 12)
  })

  it('counts every order up to 20 values a side', () => {
    // scipy.stats.mannwhitneyu, method exact and asymptotic
    expect(mannWhitney(even(20, 1), even(20, 9.5)).p).toBeCloseTo(0.030411256039, 10)
    expect(mannWhitney(even(21, 1), even(21, 9.75)).p).toBeCloseTo(0.034593735, 7)
  })

  it('sees the same difference from both sides', () => {
    const [a, b] = [
      [1, 3, 5, 8, 13],
      [2, 9, 14, 20, 31, 40],
    ]
    expect(mannWhitney(a, b).p).toBe(mannWhitney(b, a).p)
    expect(mannWhitney(a, b).u + mannWhitney(b, a).u).toBe(30)
  })

  it('sees no difference where all values are equal', () => {
    expect(mannWhitney([0, 0, 0, 0, 0], [0, 0, 0, 0, 0])).toEqual({u: 12.5, p: 1})
  })
})

describe('smallestP', () => {
  it('is the p of samples that do not overlap', () => {
    expect(smallestP(5, 5)).toBeCloseTo(2 / 252, 12)
    expect(smallestP(6, 9)).toBeCloseTo(mannWhitney(even(6, 0), even(9, 100)).p, 12)
  })
})

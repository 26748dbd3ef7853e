import {describe, expect, it} from 'vitest'
import {Random} from '../../../src/bench/stats/random.ts'

function draw(count: number, next: () => number): number[] {
  return Array.from({length: count}, next)
}

describe('Random', () => {
  it('gives the numbers of mulberry32', () => {
    const random = new Random(1)
    expect(draw(2, () => random.next())).toEqual([0.6270739405881613, 0.002735721180215478])
  })

  it('gives the same numbers for the same seed, others for another', () => {
    const [a, b, c] = [7, 7, 8].map((seed) => new Random(seed))
    const first = draw(5, () => a.next())
    expect(draw(5, () => b.next())).toEqual(first)
    expect(draw(5, () => c.next())).not.toEqual(first)
  })

  it('spreads whole numbers evenly', () => {
    const random = new Random(2)
    const counts = [0, 0, 0]
    for (let i = 0; i < 30_000; i++) counts[random.below(3)]++
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(300)
  })
})

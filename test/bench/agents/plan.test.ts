import {describe, expect, it} from 'vitest'
import {meetingName, runOf, shareOf} from '../../../src/bench/agents/plan.ts'
import {packRanges, unpackRanges} from '../../../src/bench/agents/ranges.ts'
import {arrivals} from '../../../src/bench/measure/arrivals.ts'
import {Random} from '../../../src/bench/stats/random.ts'

const shares = [0, 1, 2].map((agent) => shareOf({agents: 3, rate: 300, seed: 9}, agent))

describe('the shares of three agents', () => {
  it('have all record numbers between them, each once', () => {
    const numbers = shares.flatMap((share) => Array.from({length: 100}, (_, i) => share.numberOf(i)))
    expect(numbers.toSorted((a, b) => a - b)).toEqual(Array.from({length: 300}, (_, i) => i))
  })

  it('find their own among the rows of all', () => {
    expect(shares.map((share) => share.ownOf([0, 1, 2, 3, 5, 299]))).toEqual([[0, 1], [0], [0, 1, 99]])
  })

  it('are evenly spaced together, as one process would send them', () => {
    const times = shares.flatMap(({rate, phase}) => {
      const next = arrivals('constant', rate, () => 0, phase)
      return Array.from({length: 100}, () => next())
    })
    const sorted = times.toSorted((a, b) => a - b)
    for (const [i, time] of sorted.entries()) expect(time).toBeCloseTo((i * 1000) / 300, 6)
  })

  it('have random arrivals of their own', () => {
    const firsts = shares.map(({seed}) => new Random(seed).next())
    expect(new Set(firsts).size).toBe(3)
  })
})

describe('ranges', () => {
  it('are shorter than what they stand for, and lose nothing', () => {
    const numbers = [5, 3, 4, 9, 0, 1, 12]
    expect(packRanges(numbers)).toEqual([0, 2, 3, 3, 9, 1, 12, 1])
    expect(unpackRanges(packRanges(numbers))).toEqual([0, 1, 3, 4, 5, 9, 12])
    expect(unpackRanges(packRanges([]))).toEqual([])
  })
})

describe('a meeting', () => {
  it('of a run is where its own place is', () => {
    const queue = 'qtool-bench-20261127_012258_sustained_f31a'
    expect(meetingName(runOf(queue))).toBe(queue)
    expect(meetingName('20261127-012258-sustained-f31a')).toBe(queue)
  })
})

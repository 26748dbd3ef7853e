import {describe, expect, it} from 'vitest'
import {extent, linearScale, logScale} from '../../../../src/render/bench/plot/scale.ts'

const ends = {from: 0, to: 100}
const labels = (scale: {ticks: Array<{label: string}>}) => scale.ticks.map((tick) => tick.label)

describe('a linear scale', () => {
  it('has round ticks', () => {
    expect(labels(linearScale({min: 0, max: 60, ...ends, count: 6}))).toEqual([
      '0',
      '10',
      '20',
      '30',
      '40',
      '50',
      '60',
    ])
    expect(labels(linearScale({min: 0, max: 0.7, ...ends, count: 4}))).toEqual(['0', '0.2', '0.4', '0.6'])
  })

  it('ends at its values, or at the ticks around them', () => {
    const exact = linearScale({min: 0, max: 74, ...ends, count: 5})
    expect([exact.at(0), exact.at(74)]).toEqual([0, 100])
    const round = linearScale({min: 0, max: 1012, ...ends, count: 5, round: 'out'})
    expect([round.max, labels(round)]).toEqual([1500, ['0', '500', '1,000', '1,500']])
  })

  it('writes large values short, all in the same way', () => {
    expect(labels(linearScale({min: 0, max: 14_000, ...ends, count: 5, round: 'out'}))).toEqual([
      '0',
      '5k',
      '10k',
      '15k',
    ])
    expect(labels(linearScale({min: 0, max: 5000, ...ends, count: 2}))).toEqual(['0', '5,000'])
  })

  it('has a place for values that are all the same', () => {
    expect(linearScale({min: 0, max: 0, ...ends, count: 5, round: 'out'}).at(0)).toBe(0)
  })
})

describe('a logarithmic scale', () => {
  it('has the same distance for the same ratio', () => {
    const scale = logScale({min: 10, max: 1000, ...ends, count: 6})
    expect([10, 100, 1000].map((value) => Math.round(scale.at(value)))).toEqual([0, 50, 100])
  })

  it('has 1, 2 and 5 where there is room, else powers of ten, else some of them', () => {
    expect(labels(logScale({min: 0.96, max: 8, ...ends, count: 6}))).toEqual(['0.5', '1', '2', '5', '10'])
    expect(labels(logScale({min: 11, max: 11_000, ...ends, count: 6}))).toEqual(['10', '100', '1,000', '10k'])
    expect(labels(logScale({min: 0.001, max: 9e6, ...ends, count: 4}))).toEqual(['0.001', '1', '1,000', '1M'])
  })

  it('keeps what lies outside at its ends', () => {
    const scale = logScale({min: 1, max: 10, ...ends, count: 6})
    expect([scale.at(0), scale.at(1e9)]).toEqual([0, 100])
  })

  it('has two ends also for one value', () => {
    const scale = logScale({min: 1, max: 1, ...ends, count: 6})
    expect([scale.min, scale.max]).toEqual([1, 2])
  })
})

describe('the extent of values', () => {
  it('is of those that are numbers', () => {
    expect(extent([3, Number.NaN, 1, Number.POSITIVE_INFINITY])).toEqual([1, 3])
    expect(extent([])).toEqual([0, 0])
  })
})

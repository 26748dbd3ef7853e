import {describe, expect, it} from 'vitest'
import {figure, percent, rateCells, shortFigure, timeCells, times} from '../../../src/render/bench/figures.ts'

describe('a figure', () => {
  it('never looks better than it was', () => {
    expect(figure(1850.99, 0, 'down')).toBe('1,850')
    expect(figure(41.01, 1, 'up')).toBe('41.1')
    expect(figure(-0.4, 0, 'up')).toBe('0')
  })

  it('is not moved by the binary fraction of a decimal one', () => {
    expect(figure(1.1, 2, 'up')).toBe('1.10')
    expect(figure(0.29, 2, 'down')).toBe('0.29')
    expect(figure(4.35, 2, 'down')).toBe('4.35')
  })

  it('is absent where there is none', () => {
    expect([Number.NaN, Number.POSITIVE_INFINITY].map((value) => figure(value, 1, 'down'))).toEqual([
      'n/a',
      'n/a',
    ])
  })

  it('has the digits it deserves on its own', () => {
    const written = [1000, 680_123.4, 999.98, 31.26, 2.345, 0.0612].map((value) => shortFigure(value, 'down'))
    expect(written).toEqual(['1,000', '680,123', '999.9', '31.2', '2.34', '0.061'])
  })
})

describe('a column of figures', () => {
  it('has as many decimals as its smallest needs', () => {
    expect(timeCells([0.043, 12, null])).toEqual(['0.043', '12.000', 'n/a'])
    expect(timeCells([2.311, 188.01])).toEqual(['2.32', '188.01'])
    expect(timeCells([140.2, 188.01])).toEqual(['141', '189'])
    expect(rateCells([0, 11.04, 680_000.9])).toEqual(['0', '11', '680,000'])
    expect(rateCells([0.25, 3])).toEqual(['0.25', '3.00'])
  })
})

describe('shares and ratios', () => {
  it('round against the measured side', () => {
    expect(percent(0.0214, 1, 'up')).toBe('2.2 %')
    expect([249.6, 8.65, 0.9998, null].map(times)).toEqual(['249x', '8.6x', '0.99x', 'n/a'])
  })
})

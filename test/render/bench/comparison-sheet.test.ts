import {describe, expect, it} from 'vitest'
import {comparisonSheet, timesAsGood} from '../../../src/render/bench/comparison-sheet.ts'

const rate = {measure: 'rate', documented: 1000, measured: 1500, unit: 'ops/s', moreIsBetter: true}
const time = {measure: 'time', documented: 13, measured: 1.5, unit: 's', moreIsBetter: false}

describe('documented vs. measured', () => {
  it('is above 1 where it is better, whichever way that is', () => {
    expect(timesAsGood(rate)).toBe(1.5)
    expect(timesAsGood(time)).toBeCloseTo(8.67, 2)
    expect(timesAsGood({...time, measured: 26})).toBe(0.5)
  })

  it('has no ratio to zero, of zero, or of nothing', () => {
    expect(timesAsGood({...rate, measured: null})).toBeNull()
    expect(timesAsGood({...rate, measured: 0})).toBeNull()
    expect(timesAsGood({...rate, documented: 0})).toBeNull()
  })

  it('rounds what was measured against itself', () => {
    const [, , measured] = comparisonSheet([
      {...rate, measured: 999.98},
      {...time, measured: 1.501},
    ])
    expect(measured?.cells).toEqual(['999.9', '1.51'])
  })
})

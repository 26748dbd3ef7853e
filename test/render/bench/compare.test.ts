import {describe, expect, it} from 'vitest'
import {type CompareView, renderCompare} from '../../../src/render/bench/compare.ts'

const worse: CompareView = {
  state: 'regression',
  a: ['20261125-034012-sustained-4f2a'],
  b: ['20261125-035212-sustained-07de', '20261125-040010-sustained-5a11'],
  tolerance: 0.05,
  metrics: [
    {
      name: 'rate',
      a: 1849.6,
      b: 1631.2,
      ratio: 0.882,
      low: 0.861,
      high: 0.904,
      p: 0.0079,
      rounds: [5, 5],
      moreIsBetter: true,
      verdict: 'worse',
    },
    {
      name: 'p99',
      a: 8.24,
      b: 7.91,
      ratio: 0.96,
      low: 0.91,
      high: 1.02,
      p: 0.222,
      rounds: [5, 5],
      moreIsBetter: false,
      verdict: 'same',
    },
    {
      name: 'errors',
      a: 0,
      b: 0,
      ratio: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
      p: 1,
      rounds: [5, 5],
      moreIsBetter: false,
      verdict: 'same',
    },
  ],
}

describe('a comparison', () => {
  it('says first what became worse, and by how much', () => {
    expect(renderCompare(worse, 96)).toBe(`✗ REGRESSION past a tolerance of 5 %: rate -11.8 %

 figure        a        b  change %   from    to      p  rounds  better is  verdict
 rate    1,849.6  1,631.2     -11.8  -13.9  -9.6  0.008     5+5  more       worse
 p99        8.24     7.91      -4.0   -9.0  +2.0  0.222     5+5  less       same
 errors        0        0       n/a    n/a   n/a  1.000     5+5  less       same

a: 20261125-034012-sustained-4f2a
b: 20261125-035212-sustained-07de, 20261125-040010-sustained-5a11`)
  })

  it('says what became better', () => {
    const [rate] = worse.metrics
    const metrics = rate ? [{...rate, ratio: 1.2, verdict: 'better' as const}] : []
    const [verdict] = renderCompare({...worse, state: 'ok', metrics}, 96).split('\n')
    expect(verdict).toBe('✓ no regression within a tolerance of 5 %; better: rate +20.0 %')
  })

  it('does not decide on too little', () => {
    const [verdict] = renderCompare({...worse, state: 'unsure'}, 96).split('\n')
    expect(verdict).toBe('✗ UNSURE: too few rounds, or too much noise, to tell')
  })

  it('fits into 80 columns', () => {
    const lines = renderCompare(worse, 80).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})

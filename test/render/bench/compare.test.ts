import {describe, expect, it} from 'vitest'
import type {RunComparison} from '../../../src/bench/compare/compare.ts'
import {renderCompare} from '../../../src/render/bench/compare.ts'

const side = (...ids: string[]) => ({ids, labels: [], qtool: ['0.1.0']})
const of = (median: number) => ({median, rounds: 5})

const worse: RunComparison = {
  state: 'regression',
  a: side('20261125-034012-sustained-4f2a'),
  b: side('20261125-035212-sustained-07de', '20261125-040010-sustained-5a11'),
  tolerance: 0.05,
  differences: [],
  notes: [],
  metrics: [
    {
      name: 'rate',
      a: of(1849.6),
      b: of(1631.2),
      ratio: 0.882,
      interval: {low: 0.861, high: 0.904},
      p: 0.0079,
      moreIsBetter: true,
      verdict: 'worse',
    },
    {
      name: 'p99',
      a: of(8.24),
      b: of(7.91),
      ratio: 0.96,
      interval: {low: 0.91, high: 1.02},
      p: 0.222,
      moreIsBetter: false,
      verdict: 'same',
    },
    {
      name: 'errors',
      a: of(0),
      b: of(0),
      ratio: null,
      interval: null,
      p: 1,
      moreIsBetter: false,
      verdict: 'same',
    },
  ],
}

describe('a comparison', () => {
  it('says first what became worse, and by how much', () => {
    expect(renderCompare(worse, 96)).toBe(`✗ REGRESSION beyond a tolerance of 5 %: rate -11.8 %

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
    expect(verdict).toBe('✗ UNSURE: too few rounds or too much noise')
  })

  it('fits into 80 columns', () => {
    const lines = renderCompare(worse, 80).split('\n')
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80)
  })
})

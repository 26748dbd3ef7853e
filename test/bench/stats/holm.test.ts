import {expect, it} from 'vitest'
import {holm} from '../../../src/bench/stats/holm.ts'

it.each([
  // p.adjust(…, 'holm') of R
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.9, 0.6],
    [1, 1],
  ],
  [[0.02], [0.02]],
  [[], []],
])('corrects %j as R does', (ps, corrected) => {
  const got = holm(ps)
  expect(got).toHaveLength(corrected.length)
  for (const [i, p] of got.entries()) expect(p).toBeCloseTo(corrected[i], 12)
})

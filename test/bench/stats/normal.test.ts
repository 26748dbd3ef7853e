import {expect, it} from 'vitest'
import {upperTail} from '../../../src/bench/stats/normal.ts'

// pnorm(z, lower.tail = FALSE) of R
it.each([
  [0, 0.5],
  [1, 0.15865525393145707],
  [1.96, 0.024997895148220435],
  [3, 0.0013498980316300933],
  [6, 9.865876450376946e-10],
  [8, 6.220960574271785e-16],
  [-1, 0.8413447460685429],
])('is that of R above %d', (z, p) => {
  expect(Math.abs(upperTail(z) / p - 1)).toBeLessThan(2e-7)
})

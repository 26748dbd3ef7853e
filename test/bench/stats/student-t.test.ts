import {expect, it} from 'vitest'
import {tQuantile} from '../../../src/bench/stats/student-t.ts'

// qt() of R
it.each([
  [0.975, 1, 12.7062047],
  [0.975, 2, 4.3026527],
  [0.975, 3, 3.1824463],
  [0.975, 4, 2.7764451],
  [0.975, 11, 2.2009852],
  [0.995, 11, 3.1058065],
  [0.975, 30, 2.0422725],
  [0.975, 999, 1.9623415],
  [0.5, 7, 0],
])('is that of R at p = %d with %i degrees of freedom', (p, degrees, t) => {
  expect(tQuantile(p, degrees)).toBeCloseTo(t, 6)
})

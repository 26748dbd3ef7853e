import {expect, it} from 'vitest'
import {Growth} from '../../../src/page/operations/rate.ts'

it('needs two points', () => {
  const growth = new Growth()
  expect(growth.perSecond).toBeUndefined()
  growth.add(0, 0)
  expect(growth.perSecond).toBeUndefined()
})

it('tells the rate of the last seconds, not of the whole time', () => {
  const growth = new Growth()
  for (let s = 0; s <= 10; s++) growth.add(s * 100, s * 1000)
  for (let s = 11; s <= 20; s++) growth.add(1000 + (s - 10) * 10, s * 1000)
  expect(growth.perSecond).toBe(10)
})

it('begins anew when the number falls, as it does in an undo', () => {
  const growth = new Growth()
  growth.add(100, 0)
  growth.add(50, 1000)
  expect(growth.perSecond).toBeUndefined()
})

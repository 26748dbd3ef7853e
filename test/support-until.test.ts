import {expect, it} from 'vitest'
import {until} from './support/until.ts'

it('says what it waited for when the time of the test is over', {timeout: 600}, async () => {
  const isThere = false
  await expect(until(() => isThere)).rejects.toThrow('waited in vain until () => isThere')
})

it('ends as soon as something is so', async () => {
  let looks = 0
  await until(async () => ++looks === 3)
  expect(looks).toBe(3)
})

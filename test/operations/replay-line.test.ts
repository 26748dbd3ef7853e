import {expect, it} from 'vitest'
import {repeatLine} from '../../src/operations/replay-letters.ts'

it('the line that continues a replay has what was typed, in a form that is read as the same', () => {
  const sink = {strict: false, 'allow-special-values': false, 'max-bytes': 1000}
  const canary = {canary: 20, 'abort-on': 0.07, 'canary-timeout': 90_000}
  const input = {...sink, ...canary, since: '1d', 'only-passing': true, rate: 16_100}
  expect(repeatLine('orders', input)).toBe(
    'qtool dlq replay -q orders --since 1d --only-passing --rate 16100/s --canary 20 --abort-on 7% --canary-timeout 90s',
  )
})

import {expect, it} from 'vitest'
import {didYouMean, nearest} from '../src/nearest.ts'

it.each([
  ['lsit', ['edit', 'list'], 'list'],
  ['inspcet', ['inspect', 'enqueue'], 'inspect'],
  ['worrk', ['work', 'purge'], 'work'],
  ['NOTE', ['vote', 'note'], 'note'],
  ['note', ['nota', 'NOTE'], 'NOTE'],
  ['zzzzzz', ['work', 'purge'], undefined],
])('takes %s for the name that was meant', (wanted, known, meant) => {
  expect(nearest(wanted, known)).toBe(meant)
})

it('is suggested unless it is what was typed', () => {
  expect(didYouMean('custmer', ['customer', 'order'])).toEqual(['did you mean "customer"?'])
  expect(didYouMean('order', ['order'])).toEqual([])
  expect(didYouMean('x'.repeat(9), ['order'])).toEqual([])
})

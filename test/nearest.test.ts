import {expect, it} from 'vitest'
import {nearest} from '../src/nearest.ts'

it.each([
  ['lsit', ['edit', 'list'], 'list'],
  ['inspcet', ['inspect', 'enqueue'], 'inspect'],
  ['worrk', ['work', 'purge'], 'work'],
  ['zzzzzz', ['work', 'purge'], undefined],
])('takes %s for the name that was meant', (wanted, known, meant) => {
  expect(nearest(wanted, known)).toBe(meant)
})

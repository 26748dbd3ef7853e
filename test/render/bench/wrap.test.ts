import {expect, it} from 'vitest'
import {flow, wrap} from '../../../src/render/bench/wrap.ts'

it('breaks between words and indents what follows', () => {
  expect(wrap('one two three four', 9)).toBe('one two\n  three\n  four')
})

it('leaves a word that is too long whole', () => {
  expect(wrap('a 20261125-034012 b', 8)).toBe('a\n  20261125-034012\n  b')
})

it('keeps each part on one line where it fits', () => {
  expect(flow(['ok p99 8 < 50 ms', 'ok lost 0', 'ok errors 0.00'], 30)).toBe(
    'ok p99 8 < 50 ms   ok lost 0\nok errors 0.00',
  )
  expect(flow(['ok a very long check'], 12)).toBe('ok a very\n  long check')
})

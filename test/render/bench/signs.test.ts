import {expect, it} from 'vitest'
import {ASCII, signsFor, UNICODE} from '../../../src/render/bench/signs.ts'

it.each([
  [{}, UNICODE],
  [{LANG: 'en_GB.UTF-8'}, UNICODE],
  [{LANG: 'de_DE.utf8', LC_ALL: ''}, UNICODE],
  [{LANG: 'en_GB.UTF-8', LC_ALL: 'C'}, ASCII],
  [{LANG: 'en_US.ISO-8859-1'}, ASCII],
  [{LANG: 'en_GB.UTF-8', TERM: 'linux'}, ASCII],
])('knows the letters of the terminal from %o', (env, signs) => {
  expect(signsFor(env)).toBe(signs)
})

it('writes ASCII for the signs that reports use', () => {
  expect(ASCII.write('± 3 % · 10 × 500 → σ κ λ ≠ ≤ ≥ …')).toBe(
    '+- 3 % - 10 x 500 > sigma kappa lambda != <= >= ~',
  )
})

it('lets no text steer the terminal', () => {
  expect([UNICODE, ASCII].map((signs) => signs.write('a\u001b[31m\nb'))).toEqual([
    'a\\u001b[31m\\nb',
    'a\\u001b[31m\\nb',
  ])
})

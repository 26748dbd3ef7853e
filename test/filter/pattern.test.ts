import {expect, it} from 'vitest'
import {fits} from '../../src/filter/pattern.ts'
import {randomInt} from '../support/seeded.ts'

/** By definition: a star is any text. */
function model(pattern: string, text: string): boolean {
  if (pattern === '') return text === ''
  if (pattern[0] !== '*') return text[0] === pattern[0] && model(pattern.slice(1), text.slice(1))
  return Array.from({length: text.length + 1}, (_, i) => text.slice(i)).some((rest) =>
    model(pattern.slice(1), rest),
  )
}

it('takes a star for any text', () => {
  const random = randomInt(3)
  const word = (letters: string) =>
    Array.from({length: random(7)}, () => letters[random(letters.length)]).join('')
  let matches = 0
  for (let i = 0; i < 5_000; i++) {
    const pattern = word('ab*')
    const text = word('ab')
    const expected = text !== '' || pattern !== '' ? model(pattern, text) : true
    expect(fits(pattern.split('*'), text), `${pattern} ${text}`).toBe(expected)
    matches += Number(expected)
  }
  expect(matches).toBeGreaterThan(300)
})

it('needs no time for a pattern made to take long', () => {
  const started = performance.now()
  expect(fits(`${'a*'.repeat(1000)}b`.split('*'), 'a'.repeat(1_000_000))).toBe(false)
  expect(performance.now() - started).toBeLessThan(1000)
})

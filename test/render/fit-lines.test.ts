import {expect, it} from 'vitest'
import {fitLines} from '../../src/render/fit-lines.ts'

it('breaks only lines that are too wide, and only between words', () => {
  expect(fitLines('short\n  a longer line of words\nlast', 14)).toBe(
    'short\n  a longer\n    line of\n    words\nlast',
  )
})

it('keeps a word that is wider than the terminal', () => {
  expect(fitLines(`an ${'x'.repeat(20)} end`, 10)).toBe(`an\n  ${'x'.repeat(20)}\n  end`)
})

it('does not count colours', () => {
  const text = '\u001b[1;37;41mtwelve wide\u001b[0m'
  expect(fitLines(text, 11)).toBe(text)
})

it('breaks the rows of a table between their cells, and a cell only if it is too wide itself', () => {
  const table = ' who   when it was    what\n ann   two days ago   a purge'
  expect(fitLines(table, 22)).toBe(' who   when it was\n   what\n ann   two days ago\n   a purge')
  expect(fitLines(' id   some long cell here', 14)).toBe(' id\n   some long\n   cell here')
})

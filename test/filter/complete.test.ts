import {expect, it} from 'vitest'
import {complete} from '../../src/filter/complete.ts'
import {DEAD_LETTERS, READY_ITEMS} from '../../src/filter/fields.ts'

const letters = {
  ...DEAD_LETTERS,
  values: {
    reason: ['foreign_key', 'invalid'],
    column: ['placed at', 'paid_at'],
    'payload.source': ['igc', 'gpx'],
  },
  paths: ['device.id', 'source'],
}

/** What is offered at the end of a text, as the whole filter that it makes. */
const offered = (text: string, vocabulary = letters) =>
  complete(text, text.length, vocabulary).map((one) => text.slice(0, one.from) + one.text)

it.each([
  ['re', ['reason', 'records']],
  ['reason:x co', ['code', 'column', 'constraint'].map((name) => `reason:x ${name}`)],
  ['reason', ['reason:']],
  ['age', ['age>', 'age<', 'age>=', 'age<=']],
  ['attempts', ['attempts:', 'attempts>', 'attempts<', 'attempts>=', 'attempts<=']],
  ['text', ['text:']],
  ['reason:', ['reason:foreign_key', 'reason:invalid']],
  ['reason:f', ['reason:foreign_key']],
  ['reason:"f', ['reason:"foreign_key"']],
  ['(NOT reason:i', ['(NOT reason:invalid']],
  ['column:', ['column:"placed at"', 'column:paid_at']],
  ['age>', ['5m', '30m', '2h', '1d', '7d'].map((ago) => `age>${ago}`)],
  ['pay', ['payload.']],
  ['payload.', ['payload.device.id', 'payload.source']],
  ['payload.d', ['payload.device.id']],
  ['payload.source', [':', '>', '<', '>=', '<='].map((operator) => `payload.source${operator}`)],
  ['payload.source:', ['payload.source:igc', 'payload.source:gpx']],
  ['no', ['NOT']],
  ['reason:x o', ['reason:x OR']],
  ['reason:x AN', ['reason:x AND']],
  ['(a:1)', []],
  ['code:2', []],
])('after %j', (text, expected) => {
  expect(offered(text)).toEqual(expected)
})

it.each([
  ['', ['NOT', '(']],
  ['NOT ', ['NOT', '(']],
  ['(', ['NOT', '(']],
  ['a:1 ', ['AND', 'OR', 'NOT', '(']],
  ['(a:1 ', ['AND', 'OR', 'NOT', '(', ')']],
  ['(a:1) ', ['AND', 'OR', 'NOT', '(']],
])('offers fields and keywords after %j', (text, keywords) => {
  const found = complete(text, text.length, letters)
  const kindIs = (kind: string) => found.filter((one) => one.kind === kind).map((one) => one.text)
  expect(kindIs('keyword')).toEqual(keywords)
  expect(kindIs('field')).toContain('reason')
  expect(found.every(({from}) => from === text.length)).toBe(true)
})

it('looks only at what stands before the cursor', () => {
  expect(complete('re code:1', 2, letters).map(({text}) => text)).toEqual(['reason', 'records'])
})

it('offers the fields of ready items for ready items', () => {
  expect(offered('p', READY_ITEMS as typeof letters)).toEqual(['priority', 'payload.'])
  expect(offered('re', READY_ITEMS as typeof letters)).toEqual([])
})

it('answers at once for a text that is too long', () => {
  expect(complete('a:1 '.repeat(262_144), 1_048_576, letters)).toEqual([])
})

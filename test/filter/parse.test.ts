import {describe, expect, it} from 'vitest'
import type {QtoolError} from '../../src/errors.ts'
import {DEAD_LETTERS, READY_ITEMS} from '../../src/filter/fields.ts'
import {parseFilterText} from '../../src/filter/parse.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const HOUR = 3_600_000
const parse = (text: string, vocabulary = DEAD_LETTERS) => parseFilterText(text, {vocabulary, nowMs: NOW})

const is = (field: string, ...pattern: string[]) => ({kind: 'is', field, pattern})
const value = (path: string[], ...pattern: string[]) => ({kind: 'value-is', path, pattern})

it('reads a filter of every form', () => {
  const text =
    'reason:foreign_key code:23503 age>2h payload.flight.id:"x y" queue:orders text:"Alpine" NOT source:igc'
  expect(parse(text)).toEqual({
    kind: 'and',
    parts: [
      is('reason', 'foreign_key'),
      is('code', '23503'),
      {kind: 'bound', field: 'time', operator: '<', limit: NOW - 2 * HOUR},
      value(['flight', 'id'], 'x y'),
      is('queue', 'orders'),
      {kind: 'contains', text: 'Alpine'},
      {kind: 'not', part: value(['source'], 'igc')},
    ],
  })
})

describe('what binds to what', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => value([name], '1'))
  it.each([
    ['a:1 b:1 OR c:1', {kind: 'or', parts: [{kind: 'and', parts: [a, b]}, c]}],
    ['a:1 OR b:1 AND c:1', {kind: 'or', parts: [a, {kind: 'and', parts: [b, c]}]}],
    ['a:1 (b:1 OR c:1)', {kind: 'and', parts: [a, {kind: 'or', parts: [b, c]}]}],
    ['NOT a:1 b:1', {kind: 'and', parts: [{kind: 'not', part: a}, b]}],
    ['NOT(a:1 b:1)', {kind: 'not', part: {kind: 'and', parts: [a, b]}}],
    ['NOT NOT a:1', {kind: 'not', part: {kind: 'not', part: a}}],
    ['((a:1))', a],
    ['  a:1\n\tb:1 ', {kind: 'and', parts: [a, b]}],
  ])('%j', (text, expected) => {
    expect(parse(text)).toEqual(expected)
  })
})

describe('a value', () => {
  it.each([
    ['id:89a1e82e~1:0', is('id', '89a1e82e~1:0')],
    ['code:23*', is('code', '23', '')],
    ['message:*no\\ parent*', is('message', '', 'no parent', '')],
    ['message:"*"', is('message', '*')],
    ['message:\\*', is('message', '*')],
    ['message:"a\\"b\\\\c\\u00e9\\n"', is('message', 'a"b\\cé\n')],
    ['payload."a.b".c:""', value(['a.b', 'c'], '')],
    ['"reason":x', value(['reason'], 'x')],
    ['device.id:a=b', value(['device', 'id'], 'a=b')],
    ['payload.payload:1', value(['payload'], '1')],
    ['payload.-a:-1', value(['-a'], '-1')],
    ['"\'a":\\\'x', value(["'a"], "'x")],
    ["name:O'Hara's", value(['name'], "O'Hara's")],
    ['q:a\\&&b', value(['q'], 'a&&b')],
    ['q:a&b|c', value(['q'], 'a&b|c')],
    ['attempts>=3', {kind: 'bound', field: 'attempts', operator: '>=', limit: 3}],
    ['time<2026-11-24', {kind: 'bound', field: 'time', operator: '<', limit: NOW - 12 * HOUR}],
    ['age<=30m', {kind: 'bound', field: 'time', operator: '>=', limit: NOW - HOUR / 2}],
    [
      'lat>46.50',
      {
        ...{kind: 'value-bound', path: ['lat'], operator: '>'},
        limit: {number: {sign: 1, digits: '465', exponent: 2}},
      },
    ],
    ['at<2026-11-24', {kind: 'value-bound', path: ['at'], operator: '<', limit: {ms: NOW - 12 * HOUR}}],
  ])('%s', (text, expected) => {
    expect(parse(text)).toEqual(expected)
  })
})

const mistake = (text: string, vocabulary = DEAD_LETTERS): QtoolError => {
  try {
    parse(text, vocabulary)
  } catch (error) {
    return error as QtoolError
  }
  throw new Error(`${text} was taken`)
}

describe('a mistake', () => {
  it('is shown in its place', () => {
    const {message, suggestions, kind} = mistake('reason:foreign_key reson1:x')
    expect(message.split('\n')).toEqual([
      'filter: unknown field "reson1"',
      '    reason:foreign_key reson1:x',
      '                       ^',
    ])
    expect(suggestions[0]).toBe('did you mean reason?')
    expect(kind).toBe('usage')
  })

  it.each([
    ['', 1, 'expected a condition such as reason:foreign_key, got the end'],
    ['   ', 4, 'got the end'],
    ['Alpine', 7, 'expected ":", ">", "<", ">=" or "<=" after Alpine, got the end'],
    ['a:1 or b:1', 7, 'after or, got a blank'],
    ['a=1', 2, 'after a, got "="'],
    ['a!=1', 2, 'got "!"'],
    ['message~x', 8, 'got "~"'],
    ['age > 2h', 4, 'got a blank'],
    ['a: 1', 3, 'expected a value after a:, got a blank'],
    ['code:', 6, 'expected a value after code:, got the end'],
    ['code:"x', 6, 'expected a closing quote'],
    ['code:"\\x"', 6, 'expected a quoted text as in JSON'],
    ['code:x"y"', 7, 'expected a blank after the value'],
    ['code:"x"y', 9, 'expected a blank after the value'],
    ['code:x\\', 7, 'expected a character after the backslash'],
    [':x', 1, 'expected the name of a field, got ":"'],
    ['payload.:x', 9, 'expected the name of a field, got ":"'],
    ['payload:x', 8, 'expected a key after payload'],
    ['reason.a:x', 1, '"reason" has no parts'],
    ['colum:x', 1, 'unknown field "colum"'],
    ['priority:1', 1, 'dead letters have no priority'],
    ['reason>1', 7, 'expected ":" after reason, got ">"'],
    ['age:2h', 4, 'expected ">", "<", ">=" or "<=" after age, got ":"'],
    ['age>2', 5, 'expected a duration'],
    ['time>2h', 6, 'expected a time such as'],
    ['time>2099-01-01', 6, 'expected a time in the past, now is 2026-11-24T12:00:00.000Z'],
    ['attempts:x', 10, 'expected a whole number'],
    ['attempts>x', 10, 'expected a number'],
    ['text:a*', 6, 'expected a text without wildcards'],
    ['lat>x', 5, 'expected a number or a time'],
    ['text:""', 6, 'expected a text that is not empty'],
    ['attempts:03', 10, 'expected a whole number'],
    ['attempts>0x10', 10, 'expected a number'],
    ['attempts>" 3 "', 10, 'expected a number'],
    ['NOT -payload.a:1', 5, 'expected the name of a field, got "-"'],
    ["'a:1'", 1, 'expected the name of a field, got "\'"'],
    ["source:'igc'", 8, 'expected double quotes or none around a value, got "\'"'],
    ['source:“igc”', 8, 'expected double quotes or none around a value, got "“"'],
    ['“source”:igc', 1, 'expected the name of a field, got "“"'],
    ['a:1||b:1', 4, 'expected a blank after the value, got "||"'],
    ['a:1&&b:1', 4, 'expected a blank after the value, got "&&"'],
    ['(a:1', 5, 'expected ")" for the "(" at character 1, got the end'],
    ['a:1)', 4, 'expected no ")" here'],
    ['a:1 OR', 7, 'expected a condition'],
    ['a:1 AND AND b:1', 9, 'got AND'],
    ['NOT', 4, 'expected a condition'],
    ['()', 2, 'got )'],
  ])('%j at character %i', (text, character, said) => {
    const [message, , caret] = mistake(text).message.split('\n')
    expect(message).toContain(said)
    expect(caret).toBe(`${' '.repeat(4 + character - 1)}^`)
  })

  it.each([
    ['a:1 && b:1', 'AND'],
    ['a:1&&b:1', 'AND'],
    ['a:1, , b:1', 'AND'],
    ['a:1 || b:1', 'OR'],
    ['a:1||b:1', 'OR'],
    ['-a:1', 'NOT'],
    ['!a:1', 'NOT'],
  ])('leads from the operator of another language to its own: %s', (text, word) => {
    expect(mistake(text).suggestions[0]).toMatch(new RegExp(`^write ${word}\\b`))
  })

  it('names the fields of ready items where they have no such field', () => {
    const {message, suggestions} = mistake('reason:x', READY_ITEMS)
    expect(message).toContain('ready items have no reason')
    expect(suggestions[0]).toBe('fields: age, time, priority, bytes, queue, text, payload')
  })

  it('keeps the caret in its column behind wide characters, controls and a long beginning', () => {
    const [, shown, caret] = mistake(
      `${'a:1 '.repeat(100)}名前:\u0007x b=1 ${'c:1 '.repeat(100)}`,
    ).message.split('\n')
    // Two characters take two columns each
    expect(shown[caret.length - 1 - 2]).toBe('=')
    expect(shown.length).toBeLessThan(120)
    expect(shown).not.toContain('\u0007')
  })
})

describe('a hostile filter', () => {
  it.each([
    ['parentheses', `${'('.repeat(30_000)}a:1${')'.repeat(30_000)}`, 'at most 64 levels'],
    ['NOT', `${'NOT '.repeat(16_000)}a:1`, 'at most 64 levels'],
    ['names', `${'a.'.repeat(30_000)}a:1`, 'at most 64 names'],
    ['conditions', 'a:1 '.repeat(16_000), 'at most 1000 conditions'],
    ['length', 'a:1 '.repeat(262_144), 'at most 65536 characters'],
    ['quotes', `a:"${'\\'.repeat(60_000)}`, 'closing quote'],
    ['blanks', `a${' '.repeat(60_000)}`, 'got a blank'],
    ['a name', 'a'.repeat(60_000), 'after aaaaa'],
    ['a name and no value', `${'a'.repeat(60_000)}:`, 'expected a value'],
    ['parts of a field', `reason.${'a'.repeat(60_000)}:1`, 'has no parts'],
  ])('is refused at once: %s', (_, text, said) => {
    const started = performance.now()
    const {message, suggestions} = mistake(text)
    expect(message).toContain(said)
    expect(message.length + suggestions.join().length).toBeLessThan(600)
    // On a slow and busy machine; what grows with the square of the text takes minutes
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})

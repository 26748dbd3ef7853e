import {describe, expect, it} from 'vitest'
import {LenientNumbers, nullForNaN} from '../../src/json/lenient.ts'
import {setPath, textOfPath} from '../../src/json/path.ts'

describe('LenientNumbers', () => {
  const python = '{"a": NaN, "b": [Infinity, -Infinity, -1], "c": "NaN \\" Infinity", "NaN": 1}'
  const json = '{"a": null, "b": [null, null, -1], "c": "NaN \\" Infinity", "NaN": 1}'

  it('turns what is no number into null, outside of strings', () => {
    expect(nullForNaN(Buffer.from(python)).toString()).toBe(json)
  })

  it('does the same however the text is cut', () => {
    for (let size = 1; size < 12; size++) {
      const numbers = new LenientNumbers()
      let text = ''
      for (let at = 0; at < python.length; at += size)
        text += numbers.push(Buffer.from(python.slice(at, at + size)))
      expect(text + numbers.end()).toBe(json)
    }
  })

  it.each(['\n', '\r\n', '\r'])(
    'does not let an open string spoil the next line, which ends in %j',
    (end) => {
      expect(nullForNaN(Buffer.from(`{"a${end}{"b":NaN}`)).toString()).toBe(`{"a${end}{"b":null}`)
    },
  )

  it.each(['{"a":-1}\n', '{"a":-12.5}', '{"a":[-1]}\r\n', '{"a":NaN}\n', '{"a":-Infinity}\n', 'I}', 'Nan'])(
    'hands on at once all of %j, which ends in no beginning of a word',
    (text) => {
      expect(new LenientNumbers().push(Buffer.from(text)).toString()).toBe(
        text.replace(/NaN|-Infinity/, 'null'),
      )
    },
  )
})

describe('setPath', () => {
  it.each([
    ['{"a":1, "b":2}', 'b', '{"a":1, "b":9}'],
    ['{"a":{"b":"x"},"c":1}', 'a.b', '{"a":{"b":9},"c":1}'],
    ['{"a":{ }}', 'a.b', '{"a":{ "b":9}}'],
    ['{ "a" : 1 } ', 'b', '{ "a" : 1 ,"b":9} '],
    ['{}', 'b', '{"b":9}'],
    ['{"a":1,"a":2}', 'a', '{"a":1,"a":9}'],
    ['{"\\u0061":1}', 'a', '{"\\u0061":9}'],
    ['{"a\\/b":{"\\"":1}}', 'a/b."', '{"a\\/b":{"\\"":9}}'],
    ['{"\\u00fc":{}}', 'ü.c', '{"\\u00fc":{"c":9}}'],
    ['{"ü":{"a":"}"}}', 'ü.c', '{"ü":{"a":"}","c":9}}'],
  ])('%s %s', (text, path, expected) => {
    expect(setPath(Buffer.from(text), path.split('.'), Buffer.from('9'))?.toString()).toBe(expected)
  })

  it.each([
    ['{"a":1}', 'a.b'],
    ['[1]', 'a'],
    ['{"a":', 'a'],
  ])('leaves %s alone', (text, path) => {
    expect(setPath(Buffer.from(text), path.split('.'), Buffer.from('9'))).toBeUndefined()
  })
})

it('finds the exact text of a value', () => {
  expect(textOfPath(Buffer.from('{"a":{"b": [1.0, "x"] }}'), ['a', 'b'])?.toString()).toBe('[1.0, "x"]')
})

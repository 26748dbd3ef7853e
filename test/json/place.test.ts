import {expect, it} from 'vitest'
import {findPlace, hasKey, withoutMember} from '../../src/json/place.ts'

const bytes = (text: string) => Buffer.from(text)

it.each([
  ['{"a":1}', 'a', '1'],
  ['{"a":{"b":2}}', 'a.b', '2'],
  ['{"a.b":3,"a":{"b":2}}', 'a.b', '3'],
  ['{"a":{"c":0},"a.b":{"c":4}}', 'a.b.c', '4'],
  ['{ "ü" : { "x" : [1, 2] } }', 'ü.x', '[1, 2]'],
  [String.raw`{"\u0061":5}`, 'a', '5'],
  // The last of several counts, as for most readers of JSON
  ['{"a":1,"a":2}', 'a', '2'],
])('finds in %s at %s the value %s', (text, path, value) => {
  const place = findPlace(bytes(text), path.split('.'))
  expect(bytes(text).toString('utf8', place?.value.start, place?.value.end)).toBe(value)
})

it.each([
  ['{"a":1}', 'b'],
  ['{"a":1}', 'a.b'],
  ['[1]', 'a'],
  ['{"a":1', 'a'],
  ['{"a":1} x', 'a'],
  ['', 'a'],
])('finds nothing in %j at %s', (text, path) => {
  expect(findPlace(bytes(text), path.split('.'))).toBeUndefined()
})

it.each([
  ['{"a":1}', 'a', '{}'],
  ['{ "a" : 1 }', 'a', '{  }'],
  ['{"a":1, "b":2}', 'a', '{"b":2}'],
  ['{"a":1 , "b":2 }', 'b', '{"a":1 }'],
  ['{"a":1,\n"b":{"c":1.50},\n"d":"ü"}', 'b', '{"a":1,\n"d":"ü"}'],
  ['{"a":{"b":1,"c":2}}', 'a.c', '{"a":{"b":1}}'],
])('drops from %j the member %s', (text, path, left) => {
  const place = findPlace(bytes(text), path.split('.'))
  expect(place && withoutMember(bytes(text), place).toString()).toBe(left)
})

it('knows the keys beside a member, and not those around it', () => {
  const text = bytes('{"x":1,"a":{"b":1,"c":2}}')
  const place = findPlace(text, ['a', 'b'])
  expect(['c', 'x'].map((key) => place && hasKey(text, place.object, key))).toEqual([true, false])
})

import {describe, expect, it} from 'vitest'
import {parseMap} from '../../../src/config/mapping/parse-map.ts'
import {EACH, parseSource, type Source, type Step, sourceText} from '../../../src/config/mapping/source.ts'

const path = (...steps: Step[]): Source => ({kind: 'path', of: 'record', steps})
const around = (...steps: Step[]): Source => ({kind: 'path', of: 'envelope', steps})
const constant = (json: string): Source => ({kind: 'constant', json})

describe('a source', () => {
  it.each<[string, Source, string?]>([
    ['a', path('a')],
    ['customer.address.city', path('customer', 'address', 'city')],
    ['items[0].sku', path('items', 0, 'sku')],
    ['m[1][12]', path('m', 1, 12)],
    ['["a.b"].c', path('a.b', 'c')],
    ['a["b c"]["d\\"e"]', path('a', 'b c', 'd"e'), 'a.b c["d\\"e"]'],
    ['["42"]', path('42')],
    ['["true"]', path('true')],
    ['[""]', path('')],
    ['a.42', path('a', '42'), 'a["42"]'],
    ['$', path()],
    ['$.a.b', path('a', 'b'), 'a.b'],
    ['$["$"]', path('$'), '["$"]'],
    ['$envelope.device.id', around('device', 'id')],
    ['$parent.id', {kind: 'path', of: 'parent', steps: ['id']}],
    ['$parent["x.y"][3]', {kind: 'path', of: 'parent', steps: ['x.y', 3]}],
    ['$envelope["x.y"][3]', around('x.y', 3)],
    ['"gps"', constant('"gps"')],
    ['42', constant('42')],
    ['-1.50e3', constant('-1.50e3')],
    ['true', constant('true')],
    [' {"a": [1]} ', constant('{"a": [1]}')],
    ['null', constant('null')],
    ['[]', constant('[]')],
    ['[1]', constant('[1]')],
    ['["a","b"]', constant('["a","b"]')],
    ['[ "a" ]', constant('[ "a" ]')],
    ['[[null, 1e400]]', constant('[[null, 1e400]]')],
    ['items[].sku', path('items', EACH, 'sku')],
    ['a[].b.c', path('a', EACH, 'b', 'c')],
    ['a[]', path('a', EACH)],
    ['a[][0][]["b c"]', path('a', EACH, 0, EACH, 'b c'), 'a[][0][].b c'],
    ['$envelope.tags[].id', around('tags', EACH, 'id')],
    ['ключ.größe', path('ключ', 'größe')],
  ])('%s', (text, source, written = text.trim()) => {
    expect(parseSource(text)).toEqual(source)
    expect(sourceText(source)).toBe(written)
    expect(parseSource(written)).toEqual(source)
  })

  it.each([
    ['', 'is no path'],
    ['a..b', 'is no path'],
    ['a.', 'is no path'],
    ['.a', 'is no path'],
    ['a[01]', 'is no path'],
    ['a[-1]', 'is no path'],
    ['a[b]', 'is no path'],
    ['a.[0]', 'is no path'],
    ['[0].a', 'begins with an element'],
    ['$envelope', 'names no member'],
    ['$parent', 'names no member of the parent'],
    ['$other', 'is no path'],
    ['"gps', 'is not JSON'],
    ['{a: 1}', 'is not JSON'],
    ['$[]', 'begins with an element'],
    ['[1', 'is no path'],
    ['[][0]', 'begins with an element'],
    ['"\\u0000"', 'u0000'],
    ['{"a":1,"a":2}', 'duplicate key'],
  ])('cannot be %j', (text, message) => {
    expect(() => parseSource(text)).toThrow(message)
  })
})

describe('--map', () => {
  it('splits at the first equals sign, and writes each source in one way', () => {
    expect(parseMap(['a=$.b.c', 'source="x=y"', '__proto__=p'], '--map')).toEqual(
      Object.fromEntries([
        ['a', 'b.c'],
        ['source', '"x=y"'],
        ['__proto__', 'p'],
      ]),
    )
  })

  it.each([
    ['a', 'expected --map to be COLUMN=SOURCE, got "a"'],
    ['=a', 'expected --map to be COLUMN=SOURCE, got "=a"'],
    ['a=', 'expected --map to be COLUMN=SOURCE, got "a="'],
    ['v={"a":1,"a":2}', 'the source is no constant that can be stored: duplicate key "a"'],
    ['a=b..c', '--map a=b..c: the source is no path at ".c"'],
  ])('refuses %j', (pair, message) => {
    expect(() => parseMap([pair], '--map')).toThrow(message)
  })

  it('refuses one column twice', () => {
    expect(() => parseMap(['a=b', 'a=c'], '--map')).toThrow('--map names the column "a" twice')
  })
})

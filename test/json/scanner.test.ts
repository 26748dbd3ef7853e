import {describe, expect, it} from 'vitest'
import {MAX_DEPTH} from '../../src/json/fault.ts'
import {Kind} from '../../src/json/kind.ts'
import {JsonScanner} from '../../src/json/scanner.ts'

/** A small seeded generator, so that a failure can be repeated. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

const scanner = new JsonScanner()

/** `ok` if the text is one JSON object, with or without spaces around it; else the fault. */
function scan(text: string): string {
  const bytes = Buffer.from(text)
  scanner.open(bytes, bytes.length)
  const behind = scanner.object(scanner.space(0))
  if (behind < 0) return scanner.fault
  return scanner.space(behind) === bytes.length ? 'ok' : 'JSON'
}

interface Member {
  key: string
  value: string
  kind: number
}

function members(text: string): Member[] {
  const bytes = Buffer.from(text)
  return Array.from({length: scanner.count}, (_, i) => ({
    key: bytes.toString('utf8', scanner.keyStart[i], scanner.keyEnd[i]),
    value: bytes.toString('utf8', scanner.valueStart[i], scanner.valueEnd[i]),
    kind: scanner.kind[i],
  }))
}

function isJsonObject(text: string): boolean {
  try {
    const value = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

function kindOf(value: unknown): number {
  if (value === null) return Kind.Null
  if (Array.isArray(value)) return Kind.Array
  const kinds: Record<string, number> = {
    string: Kind.String,
    number: Kind.Number,
    boolean: Kind.Boolean,
    object: Kind.Object,
  }
  return kinds[typeof value]
}

const TEXTS = [
  '',
  'a',
  'lat',
  '"',
  '\\',
  '/\b\f\n\r\t',
  'é',
  '😀',
  '\u2028',
  '\u007f',
  'x'.repeat(70),
  '{}[]:,',
]
const NUMBERS = [
  '0',
  '-0',
  '1.50',
  '9007199254740993',
  '1e400',
  '-1E-7',
  '0.0e+00',
  '123456789012345678901234567890',
]
const SPACES = ['', '', '', ' ', '\n', '\t\r\n ']

/** A random JSON value, written in a random way that JSON.stringify would not choose. */
function randomValue(random: (below: number) => number, depth: number): string {
  const space = () => SPACES[random(SPACES.length)]
  const text = () => randomString(TEXTS[random(TEXTS.length)], random)
  const list = (one: () => string) =>
    space() + Array.from({length: random(5)}, () => `${space()}${one()}${space()}`).join(',')
  const value = () => randomValue(random, depth - 1)
  switch (random(depth > 0 ? 7 : 4)) {
    case 0:
      return text()
    case 1:
      return NUMBERS[random(NUMBERS.length)]
    case 2:
      return ['true', 'false'][random(2)]
    case 3:
      return 'null'
    case 4:
      return `[${list(value)}]`
    default:
      return `{${list(() => `${text()}${space()}:${space()}${value()}`)}}`
  }
}

function randomString(text: string, random: (below: number) => number): string {
  const written = JSON.stringify(text).slice(1, -1)
  if (random(3) > 0) return `"${written}"`
  return `"${[...text].map((c) => [...Array(c.length).keys()].map((i) => `\\u${c.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')).join('')}"`
}

describe('JsonScanner', () => {
  it('finds the members of an object where JSON.parse finds them', () => {
    const random = seeded(1)
    let objects = 0
    for (let round = 0; round < 20_000; round++) {
      const text = `${SPACES[random(6)]}${randomValue(random, 4)}${SPACES[random(6)]}`
      expect(scan(text), text).toBe(isJsonObject(text) ? 'ok' : 'JSON')
      if (!isJsonObject(text)) continue
      objects++
      const found = members(text)
      // The last of repeated keys wins
      const entries = found.map(({key, value}) => [JSON.parse(`"${key}"`), JSON.parse(value)])
      expect(Object.fromEntries(entries)).toEqual(JSON.parse(text))
      for (const {value, kind} of found) expect(kind).toBe(kindOf(JSON.parse(value)))
    }
    expect(objects).toBeGreaterThan(5000)
  })

  it('agrees with JSON.parse on texts with random damage', () => {
    const random = seeded(2)
    const pool = '{}[]:,"\\ \n\t\r0123456789+-.eEtrufalsn/b\u0001\u007fx'
    let valid = 0
    for (let round = 0; round < 50_000; round++) {
      const text = [...`{"a":${randomValue(random, 3)},"b":${randomValue(random, 2)}}`]
      for (let i = random(3); i >= 0; i--) {
        const at = random(text.length)
        const c = pool[random(pool.length)]
        if (random(3) === 0) text.splice(at, 1)
        else if (random(2) === 0) text.splice(at, 0, c)
        else text[at] = c
      }
      const damaged = text.join('')
      const said = scan(damaged)
      if (said === 'NUL' || said === 'SURROGATE') continue
      expect(said, JSON.stringify(damaged)).toBe(isJsonObject(damaged) ? 'ok' : 'JSON')
      if (said === 'ok') valid++
    }
    expect(valid).toBeGreaterThan(2000)
  })

  it('refuses every text that is cut off, and looks at nothing behind its end', () => {
    const text = '{"a": [1.5e+3, "x\\u00e9\\ud83d\\ude00", true, null, {"b": -0}], "c": false}'
    const bytes = Buffer.from(text)
    for (let end = 0; end < bytes.length; end++) {
      scanner.open(bytes, end)
      expect(scanner.object(0)).toBe(-1)
      expect(scanner.faultAt).toBeLessThanOrEqual(end)
    }
    scanner.open(bytes, bytes.length)
    expect(scanner.object(0)).toBe(bytes.length)
  })

  it.each([
    ['{"a":"\\u0000"}', 'NUL'],
    ['{"\\u0000":1}', 'NUL'],
    ['{"a":[{"b":"x\\u0000"}]}', 'NUL'],
    ['{"a":"\\\\u0000"}', 'ok'],
    ['{"a":"\\ud800"}', 'SURROGATE'],
    ['{"a":"\\udc00"}', 'SURROGATE'],
    ['{"a":"\\ud800\\ud800"}', 'SURROGATE'],
    ['{"a":"\\ud800\\n"}', 'SURROGATE'],
    ['{"a":"\\uDBFF\\uDFFF"}', 'ok'],
    ['{"a":"\\ud83d\\ude0g"}', 'SURROGATE'],
    ['{"a":"\\u00g0"}', 'JSON'],
  ])('of %s says %s', (text, expected) => {
    expect(scan(text)).toBe(expected)
  })

  it(`takes ${MAX_DEPTH} levels and no more`, () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`
    expect(scan(nested(MAX_DEPTH))).toBe('ok')
    expect(scan(nested(MAX_DEPTH + 1))).toBe('DEPTH')
    expect(scan(nested(100_000))).toBe('DEPTH')
  })

  it('knows any number of members, repeated keys included', () => {
    const text = `{${Array.from({length: 500}, (_, i) => `"k${i % 250}":${i}`).join(',')}}`
    expect(scan(text)).toBe('ok')
    expect(members(text).map(({key, value}) => `${key}=${value}`)).toEqual(
      Array.from({length: 500}, (_, i) => `k${i % 250}=${i}`),
    )
  })

  it('marks keys and values with a backslash in them', () => {
    expect(scan('{"a":"x","\\u0062":"y","c":"\\n","d":["\\n"],"e":1}')).toBe('ok')
    expect([...scanner.keyEscaped.subarray(0, 5)]).toEqual([0, 1, 0, 0, 0])
    expect([...scanner.valueEscaped.subarray(0, 3)]).toEqual([0, 0, 1])
    expect(scanner.valueEscaped[4]).toBe(0)
  })

  it('says where the fault is, counted from the start of the text', () => {
    const bytes = Buffer.from('....{"a":x}')
    scanner.open(bytes, bytes.length)
    expect(scanner.object(4)).toBe(-1)
    expect(scanner.faultMessage(4)).toBe('not valid JSON (at byte 6)')
  })
})

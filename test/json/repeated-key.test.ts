import {describe, expect, it} from 'vitest'
import {ItemCheck} from '../../src/json/item.ts'
import {repeatedKeyOf} from '../support/second-reader.ts'

const check = (text: string) => new ItemCheck().check(Buffer.from(text), 0, Buffer.byteLength(text))

/** An object of keys in this order, with 1 for every value. */
const object = (keys: string[]) => `{${keys.map((key) => `${JSON.stringify(key)}:1`).join(',')}}`

describe('an object that gives a key twice', () => {
  it.each([
    ['{"a":1,"a":2}', '"a"', 8],
    ['{"a":1,"a":1}', '"a"', 8],
    ['{"a":1,"b":2,"a":null}', '"a"', 14],
    ['{"a":1,"\\u0061":2}', '"\\u0061"', 8],
    ['{"\\u0061":1,"a":2}', '"a"', 13],
    ['{"é":1,"\\u00e9":2}', '"\\u00e9"', 9],
    ['{"😀":1,"\\ud83d\\ude00":2}', '"\\ud83d\\ude00"', 11],
    ['{"a\\/b":1,"a/b":2}', '"a/b"', 11],
    ['{"":1,"":2}', '""', 7],
    ['{"__proto__":1,"__proto__":2}', '"__proto__"', 16],
    ['{"doc":{"x":1,"x":2}}', '"x"', 15],
    ['{"doc":[[{"x":1,"y":{},"x":2}]]}', '"x"', 24],
    ['{"points":[{"a":1},{"b":1,"b":2}]}', '"b"', 27],
    ['{"a":{"b":1},"c":2,"a":3}', '"a"', 20],
  ])('is no item: %s', (text, key, byte) => {
    expect(check(text)).toEqual({code: 'DUPKEY', message: `duplicate key ${key} (at byte ${byte})`})
  })

  it.each([
    '{"a":{"a":{"a":1}}}',
    '{"a":[{"a":1},{"a":1}]}',
    '{"a":1,"A":2}',
    '{"a":1,"a ":2}',
    '{"a":"\\"a\\":1","b":2}',
    '{"\\\\u0061":1,"a":2}',
    '{"ab":1,"ba":2,"aab":3,"aba":4,"bab":5}',
    '{"x":{"a":1,"b":2},"a":1,"y":{"b":1},"b":2}',
  ])('is not meant where keys differ or stand in different objects: %s', (text) => {
    expect(check(text)).toBeUndefined()
  })

  it('shows only the start of a long key', () => {
    const key = 'k'.repeat(500)
    expect(check(object([key, key]))?.message).toBe(`duplicate key "${'k'.repeat(39)}… (at byte 507)`)
  })

  it.each([2, 3, 8, 63, 64, 65, 66, 200])('is found among %d keys, wherever the two stand', (count) => {
    const keys = Array.from({length: count - 1}, (_, i) => `key${i}`)
    expect(check(object([...keys, 'last']))).toBeUndefined()
    for (let first = 0; first < count - 1; first += Math.ceil(count / 9)) {
      expect(check(object([...keys, keys[first]]))?.code).toBe('DUPKEY')
      expect(check(object([keys[first], ...keys]))?.code).toBe('DUPKEY')
    }
  })

  it('is found as a second reader finds it, in objects of any shape', () => {
    let state = 7
    const random = (below: number) => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return Math.floor((state / 2 ** 32) * below)
    }
    const names = ['a', 'b', 'ab', 'aab', 'abb', 'é', 'e', 'x1y', 'x2y', 'x3y']
    const written = (name: string) =>
      random(4) > 0
        ? JSON.stringify(name)
        : `"${[...name].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`
    const value = (depth: number): string => {
      const kind = random(depth > 0 ? 4 : 2)
      if (kind < 2) return kind === 0 ? '1' : '"\\"a\\":"'
      const list = Array.from({length: random(5)}, () => value(depth - 1))
      if (kind === 2) return `[${list.join(',')}]`
      return `{${list.map((one) => `${written(names[random(names.length)])}: ${one}`).join(' ,')}}`
    }
    let repeated = 0
    for (let round = 0; round < 20_000; round++) {
      const text = `{"top":${value(4)},"${names[random(names.length)]}":${value(2)}}`
      const twice = repeatedKeyOf(text)
      if (twice) repeated++
      expect(check(text)?.code, text).toBe(twice ? 'DUPKEY' : undefined)
    }
    expect(repeated).toBeGreaterThan(2000)
    expect(repeated).toBeLessThan(18_000)
  })

  it('costs no more than in proportion where an item has very many keys, also keys that look alike', () => {
    // All have the same length and the same first, middle and last byte
    const alike = (count: number) =>
      Array.from(
        {length: count},
        (_, i) =>
          `k${(i % 999).toString().padStart(4, '0')}m${Math.floor(i / 999)
            .toString()
            .padStart(4, '0')}z`,
      )
    const seconds = (text: string) => {
      const before = process.cpuUsage()
      expect(check(text)).toBeUndefined()
      const {user} = process.cpuUsage(before)
      return user / 1e6
    }
    seconds(object(alike(5000)))
    // Comparing every pair would take 2.5 * 10^9 comparisons
    expect(seconds(object(alike(50_000)))).toBeLessThan(1)
    const nested = `{"list":[${Array.from({length: 1000}, () => object(alike(60))).join(',')}]}`
    expect(seconds(nested)).toBeLessThan(1)
  })
})

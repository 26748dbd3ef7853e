import {describe, expect, it} from 'vitest'
import {JsonScanner} from '../../../src/json/scanner.ts'
import {MOST_NAMED, UnknownKeyCounter} from '../../../src/sink/decode/unknown-keys.ts'
import {addUnknownKeys} from '../../../src/worker/tally.ts'

/** Counts keys, as written in JSON, at the positions 0, 1 and so on. */
function note(counter: UnknownKeyCounter, ...keys: string[]): void {
  const scanner = new JsonScanner()
  for (const [i, key] of keys.entries()) {
    const bytes = Buffer.from(`{"${key}":${JSON.stringify(`value ${i}`)}}`)
    scanner.keyStart[i] = 2
    scanner.keyEnd[i] = 2 + Buffer.byteLength(key)
    scanner.valueStart[i] = scanner.keyEnd[i] + 2
    scanner.valueEnd[i] = bytes.length - 1
    counter.add(bytes, scanner, i)
  }
}

describe('unknown keys', () => {
  it('are counted by name, whatever their position and spelling', () => {
    const counter = new UnknownKeyCounter()
    note(counter, 'a', 'b')
    note(counter, 'b', 'a')
    note(counter, '\\u0061', '__proto__', 'ключ')
    const {count, names, examples} = counter.take()
    expect(count).toBe(7)
    expect(examples.get('ключ')).toBe('"value 2"')
    expect([...names]).toEqual([
      ['a', 3],
      ['b', 2],
      ['__proto__', 1],
      ['ключ', 1],
    ])
  })

  it('are counted anew after each taking', () => {
    const counter = new UnknownKeyCounter()
    note(counter, 'a')
    counter.take()
    expect(counter.take()).toEqual({count: 0, names: new Map(), examples: new Map()})
    note(counter, 'a')
    expect([...counter.take().names]).toEqual([['a', 1]])
  })

  it('are named up to a bound, and all counted', () => {
    const counter = new UnknownKeyCounter()
    for (let n = 0; n < 1000; n++) note(counter, `k${n}`, 'x'.repeat(1000 + n))
    const {count, names} = counter.take()
    expect(count).toBe(2000)
    expect(names.size).toBe(MOST_NAMED)
    expect([...names.keys()].every((name) => name.length <= 201)).toBe(true)
  })

  it('add up over leases, also one called __proto__', () => {
    const tally = {unknownKeys: {}, unknownKeyCount: 0}
    addUnknownKeys(tally, 3, [
      ['__proto__', 2],
      ['a', 1],
    ])
    addUnknownKeys(tally, 2, [
      ['__proto__', 1],
      ['b', 1],
    ])
    expect(JSON.stringify(tally)).toBe('{"unknownKeys":{"__proto__":3,"a":1,"b":1},"unknownKeyCount":5}')
  })
})

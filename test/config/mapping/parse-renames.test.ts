import {describe, expect, it} from 'vitest'
import {parseRenames} from '../../../src/config/mapping/parse-renames.ts'

describe('parseRenames', () => {
  it('keeps "__proto__" as a key like any other', () => {
    const renames = parseRenames(['__proto__=polluted', 'a=b'])
    expect(Object.entries(renames)).toEqual([
      ['__proto__', 'polluted'],
      ['a', 'b'],
    ])
    expect({}).not.toHaveProperty('polluted')
    expect(Object.getPrototypeOf(renames)).toBe(Object.prototype)
  })

  it.each(['a', '=b', 'a=', 'a=b=c'])('refuses %j', (pair) => {
    expect(() => parseRenames([pair])).toThrow(
      `expected --rename to be key=column, got ${JSON.stringify(pair)}`,
    )
  })

  it('refuses a key twice', () => {
    expect(() => parseRenames(['n=a', 'm=b', 'n=c'])).toThrow('two --rename for the key "n": a and c')
  })
})

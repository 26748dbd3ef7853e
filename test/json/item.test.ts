import {describe, expect, it} from 'vitest'
import {ItemCheck} from '../../src/json/item.ts'

const check = (bytes: Buffer | string, maxBytes?: number) =>
  new ItemCheck(maxBytes).check(Buffer.from(bytes), 0, Buffer.from(bytes).length)

describe('ItemCheck', () => {
  it.each(['{}', ' {"a":1}\n', '{"points":[{"a":1}]}', '{"a":1,"A":2}'])('accepts %j', (text) => {
    expect(check(text)).toBeUndefined()
  })

  it.each(['"str"', 'null', '[{"a":1}]', ' 12 ', 'true'])('calls %j a wrong shape', (text) => {
    expect(check(text)).toMatchObject({
      code: 'SHAPE',
      message: `expected a JSON object, got ${text.trimStart()}`,
    })
  })

  it.each(['', ' ', '{', '{"a":1}{"b":2}', '{"a":1} x', 'nul', 'undefined', '[1', '[1] x', "{'a':1}"])(
    'calls %j no JSON',
    (text) => {
      expect(check(text)).toMatchObject({code: 'JSON', message: expect.stringMatching(/^not valid JSON/)})
    },
  )

  it('shows only the start of a long wrong value', () => {
    const refusal = check(`"${'x'.repeat(100)}"`)
    expect(refusal?.message).toBe(`expected a JSON object, got "${'x'.repeat(19)}…`)
  })

  it.each(['ff fe', 'c0 80', 'f4 90 80 80', 'e2 82', 'ed a0 80'])(
    'refuses the bytes %s, which are not UTF-8',
    (hex) => {
      const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex')
      expect(check(Buffer.concat([Buffer.from('{"a":"'), bytes, Buffer.from('"}')]))).toMatchObject({
        code: 'UTF8',
      })
    },
  )

  it('refuses what is longer than the limit before it looks at it', () => {
    expect(check('{"a":1}', 7)).toBeUndefined()
    expect(check('{"a":12}', 7)).toEqual({code: 'SIZE', message: 'is 8 bytes, more than the limit of 7'})
    expect(check(Buffer.alloc(2 * 1024 * 1024, 0xff))).toMatchObject({code: 'SIZE'})
  })

  it('looks at its span only', () => {
    const bytes = Buffer.from('xx{"a":1}yy')
    const item = new ItemCheck()
    expect(item.check(bytes, 2, 9)).toBeUndefined()
    expect(item.scanner.count).toBe(1)
    expect(item.check(bytes, 2, 8)).toMatchObject({code: 'JSON'})
  })
})

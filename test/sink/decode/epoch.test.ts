import {describe, expect, it} from 'vitest'
import {epochTime} from '../../../src/sink/decode/epoch.ts'

describe('an epoch number', () => {
  it.each<[string, 's' | 'ms' | 'us' | 'ns', string]>([
    ['0', 's', '1970-01-01T00:00:00Z'],
    ['-0', 's', '1970-01-01T00:00:00Z'],
    ['1764000000', 's', '2025-11-24T16:00:00Z'],
    ['1764000000123', 'ms', '2025-11-24T16:00:00.123Z'],
    ['1764000000123456', 'us', '2025-11-24T16:00:00.123456Z'],
    ['1764000000123456789', 'ns', '2025-11-24T16:00:00.123456789Z'],
    ['"1764000000123"', 'ms', '2025-11-24T16:00:00.123Z'],
    ['1764000000.000001', 's', '2025-11-24T16:00:00.000001Z'],
    ['1764000000123.4567', 'ms', '2025-11-24T16:00:00.1234567Z'],
    ['1.764e9', 's', '2025-11-24T16:00:00Z'],
    ['1764000000123E-3', 's', '2025-11-24T16:00:00.123Z'],
    ['1', 'ns', '1970-01-01T00:00:00.000000001Z'],
    ['-1', 'ns', '1969-12-31T23:59:59.999999999Z'],
    ['-1.5', 's', '1969-12-31T23:59:58.5Z'],
    ['-86400000', 'ms', '1969-12-31T00:00:00Z'],
    ['951782400', 's', '2000-02-29T00:00:00Z'],
    ['-62135596801', 's', '0001-12-31T23:59:59Z BC'],
    ['253402300800', 's', '10000-01-01T00:00:00Z'],
    ['0e999999', 's', '1970-01-01T00:00:00Z'],
    ['1e-400', 's', '1970-01-01T00:00:00Z'],
    ['-1e-400', 'ms', '1970-01-01T00:00:00Z'],
    [`0.${'0'.repeat(100)}1`, 's', '1970-01-01T00:00:00Z'],
    [`0.${'0'.repeat(100)}15e102`, 's', '1970-01-01T00:00:15Z'],
    [`"${'0'.repeat(80)}1.5"`, 's', '1970-01-01T00:00:01.5Z'],
    [`1.5${'0'.repeat(80)}`, 's', '1970-01-01T00:00:01.5Z'],
  ])('%s %s', (number, unit, time) => {
    expect(epochTime(number, unit)).toBe(JSON.stringify(time))
  })

  it.each(['999999999999999999', '1e400', '"12345678901234567890"'])('%s s is far beyond', (number) => {
    expect(epochTime(number, 's')).toBe('far')
  })

  it.each(['"2026-01-01T00:00:00Z"', '"now"', '""', '" 1"', 'null', 'true', '[1]', '"0x10"', '"1_000"'])(
    'is not %s, which stays as it is',
    (text) => {
      expect(epochTime(text, 'ms')).toBeUndefined()
    },
  )

  it('is the same day and time as JavaScript says, within its range', () => {
    for (let i = 0; i < 20_000; i++) {
      const ms = Math.trunc((Math.random() - 0.5) * 2 * 60_000_000_000_000)
      const iso = new Date(ms).toISOString().replace(/\.?0*Z$/, (rest) => (rest.startsWith('.') ? 'Z' : rest))
      expect(epochTime(String(ms), 'ms')).toBe(JSON.stringify(iso.replace(/(\.\d*?)0+Z/, '$1Z')))
    }
  })
})

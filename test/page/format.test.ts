import {expect, it} from 'vitest'
import {bytes, count, duration, moment, NONE, orNone, plural, rate, short} from '../../src/page/format.ts'

it.each([
  [count(1234567), '1,234,567'],
  [rate(0), '0'],
  [rate(0.25), '0.3'],
  [rate(9.96), '10'],
  [rate(12345.6), '12,346'],
  [short(1_250_000), '1.3 M'],
  [short(500_000), '500 k'],
  [short(8), '8'],
  [short(0.25), '0.3'],
  [plural(1, 'item'), '1 item'],
  [plural(1200, 'item'), '1,200 items'],
  [bytes(1536), '1.5 KiB'],
  [bytes(1024 * 1024 - 1), '1.0 MiB'],
  [duration(999.6), '1.0 s'],
  [duration(59_960), '1 m 0 s'],
  [duration(3_599_600), '1 h 0 m'],
  [duration(200_000_000), '2 d 8 h'],
  [moment('2026-11-24T06:30:00.123Z'), '2026-11-24 06:30:00Z'],
  [orNone(null, count), NONE],
  [orNone(0, count), '0'],
])('writes %s', (written, expected) => {
  expect(written).toBe(expected)
})

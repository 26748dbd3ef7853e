import {describe, expect, it} from 'vitest'
import {bytes, duration} from '../../src/render/format.ts'

describe('duration', () => {
  it.each([
    [0, '0 ms'],
    [999.4, '999 ms'],
    [999.6, '1.0 s'],
    [1000, '1.0 s'],
    [59_940, '59.9 s'],
    [59_960, '1 m 0 s'],
    [119_400, '1 m 59 s'],
    [119_600, '2 m 0 s'],
    [3_599_600, '1 h 0 m'],
    [7_199_000, '2 h 0 m'],
    [48 * 3_600_000 - 1000, '2 d 0 h'],
    [90 * 3_600_000, '3 d 18 h'],
  ])('shows %d ms as %s', (ms, text) => expect(duration(ms)).toBe(text))

  it('never shows a unit that is full, and is never off by more than half of the last one', () => {
    const inMs = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}
    const full = {ms: 1000, s: 60, m: 60, h: 48, d: 1e9}
    for (let ms = 0.3; ms < 1e9; ms *= 1.0007) {
      const parts = [...duration(ms).matchAll(/([\d.]+) (ms|s|m|h|d)/g)].map(([, value, unit]) => ({
        value: Number(value),
        unit: unit as keyof typeof inMs,
      }))
      const sum = parts.reduce((total, {value, unit}) => total + value * inMs[unit], 0)
      const last = parts[parts.length - 1].unit
      for (const {value, unit} of parts) if (value >= full[unit]) expect.fail(`${ms}: ${duration(ms)}`)
      if (Math.abs(sum - ms) > inMs[last] / 2 + 0.001) expect.fail(`${ms}: ${duration(ms)}`)
    }
  })
})

describe('bytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1024 * 1024 - 20, '1.0 MiB'],
    [1536 * 1024, '1.5 MiB'],
  ])('shows %d as %s', (value, text) => expect(bytes(value)).toBe(text))
})

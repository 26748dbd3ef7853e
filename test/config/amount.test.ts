import {describe, expect, it} from 'vitest'
import {
  bytesText,
  durationText,
  parseBytes,
  parseCount,
  parseRate,
  readDuration,
} from '../../src/config/amount.ts'

describe('parseCount', () => {
  it.each([
    ['1', 1],
    ['500', 500],
    ['5.0', 5],
    ['50k', 50_000],
    ['16.1k', 16_100],
    ['1.001K', 1001],
    ['0.07k', 70],
    ['2.3m', 2_300_000],
    ['1.000001m', 1_000_001],
    ['1.10000000k', 1100],
  ])('reads %s as %i', (text, value) => expect(parseCount('--count', text)).toBe(value))

  it('reads every count of up to four decimals with k exactly, or refuses what is not whole', () => {
    for (let tenths = 1; tenths < 100_000; tenths += 7) {
      const text = `${Math.floor(tenths / 10_000)}.${String(tenths % 10_000).padStart(4, '0')}k`
      if (tenths % 10 === 0) expect(parseCount('--count', text)).toBe(tenths / 10)
      else expect(() => parseCount('--count', text)).toThrow('--count')
    }
  })

  it.each(['0', '0.5', '1.5', '16.1001k', '1.0000001m', '', 'k', '-1', '1e3', '9007199254740993', '1,000'])(
    'refuses %j',
    (text) => expect(() => parseCount('--count', text)).toThrow('--count'),
  )
})

describe('parseRate', () => {
  it.each([
    ['200', 200],
    ['200/s', 200],
    ['16.1k/s', 16_100],
    ['1.5m', 1_500_000],
  ])('reads %s as %i a second', (text, value) => expect(parseRate('--rate', text)).toBe(value))

  it.each(['0.5/s', '16.10001k/s', '5/m', '/s'])('refuses %j', (text) =>
    expect(() => parseRate('--rate', text)).toThrow('--rate'),
  )
})

describe('durationText', () => {
  it.each([
    [1, '1ms'],
    [1500, '1500ms'],
    [30_000, '30s'],
    [600_000, '10m'],
    [90_000, '90s'],
    [86_400_000, '1d'],
    [0.5, '0.5ms'],
  ])('writes %d ms as %s, which reads as the same', (ms, text) => {
    expect(durationText(ms)).toBe(text)
    expect(readDuration(text)).toBe(ms)
  })
})

describe('parseBytes', () => {
  it.each([
    ['0', 0],
    ['65536', 65_536],
    ['64KiB', 65_536],
    ['1mib', 1_048_576],
    ['2GiB', 2_147_483_648],
    ['1MB', 1_000_000],
    ['3kb', 3000],
  ])('reads %s as %i', (text, value) => expect(parseBytes('--size', text, {min: 0})).toBe(value))

  it.each(['', '-1', '1.5KiB', '1 KiB', '1k', 'KiB', '9007199254740993', '9999999999GiB', '0x10'])(
    'refuses %j',
    (text) => expect(() => parseBytes('--size', text, {min: 0})).toThrow('--size'),
  )
})

it.each([
  [200, '200'],
  [1000, '1000'],
  [1024, '1KiB'],
  [1536, '1536'],
  [1_048_576, '1MiB'],
  [3_221_225_472, '3GiB'],
])('bytesText writes %d bytes as %s, which reads as the same', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text)
  expect(parseBytes('--size', text, {min: 0})).toBe(bytes)
})

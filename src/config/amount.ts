import {usageError} from '../errors.ts'

const MULTIPLES: Record<string, number> = {'': 1, k: 1e3, m: 1e6}

/** `50k` → 50000. Whole numbers with an optional k or m. @throws QtoolError (usage) */
export function parseCount(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)([km]?)$/i.exec(text)
  const value = match ? Number(match[1]) * MULTIPLES[match[2].toLowerCase()] : Number.NaN
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw usageError(
    `expected ${flag} as a whole number of at least 1 such as 500, 50k or 2m, got ${JSON.stringify(text)}`,
  )
}

/** `2%` → 0.02. @throws QtoolError (usage) */
export function parsePercent(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  const value = match ? Number(match[1]) / 100 : Number.NaN
  if (value >= 0 && value <= 1) return value
  throw usageError(`expected ${flag} as a percentage from 0% to 100%, got ${JSON.stringify(text)}`)
}

const UNITS: Record<string, number> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000}

/** `30s` → 30000 ms; units ms, s, m and h. @throws QtoolError (usage) */
export function parseDuration(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h)$/.exec(text)
  const value = match ? Number(match[1]) * UNITS[match[2]] : Number.NaN
  // a timer of Node fires at once past 2^31 - 1 ms
  if (value >= 1 && value < 2 ** 31) return value
  throw usageError(`expected ${flag} as a duration such as 500ms, 30s or 10m, got ${JSON.stringify(text)}`)
}

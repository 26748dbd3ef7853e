import {usageError} from '../errors.ts'

/** Decimal places that each unit moves the point by. */
const PLACES: Record<string, number> = {'': 0, k: 3, m: 6}

/** `50k` → 50000, `16.1k` → 16100. A whole number of things, with an optional k or m. @throws QtoolError (usage) */
export function parseCount(flag: string, text: string): number {
  const match = /^(\d+)(?:\.(\d+))?([km]?)$/i.exec(text)
  const value = match ? shifted(match[1], match[2] ?? '', PLACES[match[3].toLowerCase()]) : Number.NaN
  if (Number.isSafeInteger(value) && value >= 1) return value
  throw usageError(
    `expected ${flag} to be a whole number of at least 1 such as 500, 50k or 2m, got ${JSON.stringify(text)}`,
  )
}

/**
 * `whole.fraction` with the point moved by digits, since 16.1 * 1000 is 16100.000000000002; NaN if a fraction
 * remains.
 */
function shifted(whole: string, fraction: string, places: number): number {
  const digits = fraction.replace(/0+$/, '').padEnd(places, '0')
  return digits.length > places ? Number.NaN : Number(whole + digits)
}

/** 50000 → `50k`: a whole number as `parseCount` reads it, with a k or an m if nothing but zeros is left out. */
export function countText(count: number): string {
  const [unit, places] = Object.entries(PLACES).findLast(([, places]) => count % 10 ** places === 0) ?? [
    '',
    0,
  ]
  return `${count / 10 ** places}${unit}`
}

/** Bytes of each unit, those of 1024 as they are written, others in lower case. */
const BYTES: Record<string, number> = {
  '': 1,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
}

/** `64KiB` → 65536. A whole number of bytes, with an optional unit. @throws QtoolError (usage) */
export function parseBytes(flag: string, text: string, {min, max}: {min: number; max?: number}): number {
  const [, digits, unit] = /^(\d+)([a-z]*)$/i.exec(text) ?? []
  const [, size = Number.NaN] =
    Object.entries(BYTES).find(([name]) => name.toLowerCase() === unit?.toLowerCase()) ?? []
  const value = Number(digits) * size
  if (Number.isSafeInteger(value) && value >= min && value <= (max ?? value)) return value
  const range = max === undefined ? `at least ${bytesText(min)}` : `${bytesText(min)} to ${bytesText(max)}`
  throw usageError(
    `expected ${flag} to be a size in bytes, ${range}, such as 65536, 64KiB or 1MiB, got ${JSON.stringify(text)}`,
  )
}

/** 65536 → `64KiB`. */
export function bytesText(bytes: number): string {
  const [unit, size] = Object.entries(BYTES).findLast(
    ([, size]) => size % 1024 === 0 && bytes % size === 0,
  ) ?? ['', 1]
  return `${bytes / size}${unit}`
}

/** `1,2,50k` → those numbers without repeats, in ascending order. @throws QtoolError (usage) */
export function parseCounts(flag: string, text: string, most: number): readonly number[] {
  const counts = text.split(',').map((part) => parseCount(flag, part.trim()))
  const tooLarge = counts.find((count) => count > most)
  if (tooLarge !== undefined) throw usageError(`expected ${flag} to be at most ${most} each, got ${tooLarge}`)
  return [...new Set(counts)].sort((a, b) => a - b)
}

/** `2%` → 0.02. @throws QtoolError (usage) */
export function parsePercent(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?)%$/.exec(text)
  const value = match ? Number(match[1]) / 100 : Number.NaN
  if (value >= 0 && value <= 1) return value
  throw usageError(`expected ${flag} to be a percentage from 0% to 100%, got ${JSON.stringify(text)}`)
}

/** 0.02 → `2%`. */
export function percentText(share: number): string {
  // 0.07 * 100 is 7.000000000000001
  return `${Number((share * 100).toPrecision(12))}%`
}

const UNITS: Record<string, number> = {ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000}

/** Whole days that a timer of Node can wait, ms: one of 2 ** 31 ms, which is 24.8 days, fires at once. */
const LONGEST_TIMER_MS = 24 * UNITS.d

/** `30s` → 30000 ms; units ms, s, m, h and d. NaN if the text is not a duration. */
export function readDuration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(text)
  return match ? Number(match[1]) * UNITS[match[2]] : Number.NaN
}

/** 600000 → `10m`: a whole number of ms as `readDuration` reads it, in the largest unit of which it is a multiple. */
export function durationText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, size]) => ms % size === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
}

/** A time of RFC 3339, or a date (UTC), in ms since 1970. NaN if the text is neither. */
export function readTime(text: string): number {
  return /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(text)
    ? Date.parse(text)
    : Number.NaN
}

/** A duration as `readDuration` reads it, in ms. @throws QtoolError (usage) */
export function parseDuration(flag: string, text: string, mostMs = LONGEST_TIMER_MS): number {
  const value = readDuration(text)
  if (value >= 1 && value <= mostMs) return value
  if (value > mostMs) {
    throw usageError(`expected ${flag} to be at most ${durationText(mostMs)}, got ${text}`)
  }
  throw usageError(`expected ${flag} to be a duration such as 500ms, 30s or 10m, got ${JSON.stringify(text)}`)
}

/**
 * `2h` → two hours before `nowMs`; or a time of RFC 3339, or a date (UTC). Returns ms since 1970.
 * @throws QtoolError (usage)
 */
export function parseMoment(flag: string, text: string, nowMs: number): number {
  const ago = readDuration(text)
  const at = Number.isNaN(ago) ? readTime(text) : nowMs - ago
  if (Number.isFinite(at)) return at
  throw usageError(
    `expected ${flag} to be a time ago such as 30m, 2h or 7d, or a time such as 2026-11-24T06:30:00Z, got ${JSON.stringify(text)}`,
  )
}

/** `200/s` or `200` → 200 a second. @throws QtoolError (usage) */
export function parseRate(flag: string, text: string): number {
  const match = /^(\d+(?:\.\d+)?[km]?)(?:\/s)?$/i.exec(text)
  if (match) return parseCount(flag, match[1])
  throw usageError(`expected ${flag} to be items per second such as 200/s, got ${JSON.stringify(text)}`)
}

/** 200 → `200/s`. */
export function rateText(perSecond: number): string {
  return `${countText(perSecond)}/s`
}

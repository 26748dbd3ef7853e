import type {TimeUnit} from '../../config/mapping/times.ts'
import {civilDay, daysOf} from './temporal.ts'

/** Digits of each unit behind those of seconds. */
const DIGITS: Record<TimeUnit, number> = {s: 0, ms: 3, us: 6, ns: 9}

/** A JSON number, or the same inside of quotes. */
const NUMBER = /^"?(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?"?$/

/** Most digits of seconds; Postgres's range ends long before, and they are exact as a JavaScript number. */
const MOST_SECONDS = 14

/** Most digits of a number that are used: more than any time has, and few enough for Postgres to read the fraction. */
const MOST_DIGITS = 60

const DAY = 86_400

/**
 * The time that an epoch number stands for, as a JSON text in ISO 8601, with its digits. Only digits are moved:
 * nothing is computed with numbers that might be rounded.
 * @param token a JSON number or a JSON string
 * @returns undefined for a text that is no number, which stays as it is; `far` beyond every time that Postgres knows
 */
export function epochTime(token: string, unit: TimeUnit): string | 'far' | undefined {
  const parts = NUMBER.exec(token)
  if (!parts) return undefined
  const [, sign, whole, fraction = '', exponent = '0'] = parts
  const all = (whole + fraction).replace(/^0+/, '')
  const digits = all.slice(0, MOST_DIGITS)
  const zeros = whole.length + fraction.length - all.length
  const point = whole.length - zeros + Number(exponent) - DIGITS[unit]
  // Far less than a microsecond, to which Postgres rounds
  if (digits === '' || point < -MOST_DIGITS) return timeOf(0, '')
  if (point > MOST_SECONDS) return 'far'
  const padded = `${'0'.repeat(Math.max(0, 1 - point))}${digits}${'0'.repeat(Math.max(0, point - digits.length))}`
  const cut = Math.max(1, point)
  const seconds = padded.slice(0, cut).replace(/^0+(?=\d)/, '')
  const rest = padded.slice(cut).replace(/0+$/, '')
  if (sign === '') return timeOf(Number(seconds), rest)
  return rest === '' ? timeOf(-Number(seconds), '') : timeOf(-Number(seconds) - 1, complement(rest))
}

/** 1 minus a fraction: its digits without the point. The last one is not 0. */
function complement(fraction: string): string {
  const nines = fraction.slice(0, -1).replace(/\d/g, (digit) => String(9 - Number(digit)))
  return `${nines}${10 - Number(fraction.slice(-1))}`
}

/** @param seconds since 1970 @param fraction digits behind the point */
function timeOf(seconds: number, fraction: string): string {
  const {year, month, day} = civilDay(Math.floor(seconds / DAY) + EPOCH)
  const ofDay = seconds - Math.floor(seconds / DAY) * DAY
  const time = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(two).join(':')
  const shown = String(year > 0 ? year : 1 - year).padStart(4, '0')
  const rest = fraction === '' ? '' : `.${fraction}`
  return `"${shown}-${two(month)}-${two(day)}T${time}${rest}Z${year > 0 ? '' : ' BC'}"`
}

const EPOCH = daysOf(1970, 1, 1)

function two(value: number): string {
  return String(value).padStart(2, '0')
}

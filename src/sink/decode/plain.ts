import {Kind} from '../../json/kind.ts'
import {Holds, type ValueRule} from '../catalog/value-rule.ts'

/** Most bytes of a plain time: Postgres refuses one of more than about 150 bytes, even if all are digits. */
const LONGEST_TIME = 64

/** Most bytes of a plain float: a longer one may overflow, just as one with an exponent may (1e400). */
const FLOAT_BYTES = 300

/**
 * Whether the token `bytes[start..end]` is plain for a column: see ValueRule. Strings come with their quotes.
 * @param escaped 1 if a string holds a backslash
 */
export function isPlain(
  rule: ValueRule,
  bytes: Uint8Array,
  start: number,
  end: number,
  kind: number,
  escaped: number,
): boolean {
  const {holds} = rule
  if (holds === Holds.Json) return true
  if (kind === Kind.Object || kind === Kind.Array) return false
  switch (holds) {
    case Holds.Text:
      return end - start <= rule.limit
    case Holds.Scalar:
      return true
    case Holds.Nested:
      return false
    case Holds.Boolean:
      return kind === Kind.Boolean
    case Holds.Integer:
    case Holds.Float:
    case Holds.Numeric:
      return kind !== Kind.Boolean && isPlainNumber(rule, bytes, start, end, kind)
    default:
      return kind === Kind.String && escaped === 0 && isPlainText(holds, bytes, start + 1, end - 1)
  }
}

/** Whether the content of a string without escapes is plain for a uuid, a date or a time. */
export function isPlainText(holds: Holds, b: Uint8Array, s: number, e: number): boolean {
  if (holds === Holds.Uuid) return isUuid(b, s, e)
  if (holds === Holds.Date) return e - s === 10 && isDate(b, s)
  if (e - s > LONGEST_TIME) return false
  if (holds === Holds.Time) return timeEnd(b, s, e) === e
  if (holds === Holds.ZonedTime) return isZone(b, timeEnd(b, s, e), e, true)
  return isTimestamp(b, s, e, holds === Holds.Timestamp)
}

/** Digits, at most one minus sign and one point; a JSON number, or the same inside a string. */
function isPlainNumber(
  {holds, limit}: ValueRule,
  b: Uint8Array,
  start: number,
  end: number,
  kind: number,
): boolean {
  let p = kind === Kind.String ? start + 1 : start
  const e = kind === Kind.String ? end - 1 : end
  if (b[p] === 0x2d) p++
  const whole = digitsEnd(b, p, e)
  if (whole === p || whole - p > limit) return false
  if (whole === e) return holds !== Holds.Float || whole - p <= FLOAT_BYTES
  if (holds === Holds.Integer || b[whole] !== 0x2e) return false
  const fraction = digitsEnd(b, whole + 1, e)
  return fraction === e && fraction > whole + 1 && e - p <= FLOAT_BYTES
}

function digitsEnd(b: Uint8Array, at: number, end: number): number {
  let p = at
  while (p < end && b[p] >= 0x30 && b[p] <= 0x39) p++
  return p
}

export function isUuid(b: Uint8Array, s: number, e: number): boolean {
  if (e - s !== 36) return false
  for (let i = 0; i < 36; i++) if (IN_UUID[b[s + i]] !== UUID[i]) return false
  return true
}

/** What stands at each place of a uuid: 1 for a hex digit, 2 for a hyphen. */
const UUID = Uint8Array.from('00000000-0000-0000-0000-000000000000', (place) => (place === '-' ? 2 : 1))

/** The same for each byte, or 0. */
const IN_UUID = new Uint8Array(256)
for (const digit of Buffer.from('0123456789abcdefABCDEF')) IN_UUID[digit] = 1
IN_UUID[0x2d] = 2

/** Two digits as a number, or 100 if they are not digits. */
function two(b: Uint8Array, at: number): number {
  const high = b[at] - 0x30
  const low = b[at + 1] - 0x30
  return high >= 0 && high <= 9 && low >= 0 && low <= 9 ? high * 10 + low : 100
}

const MONTH_DAYS = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

/** YYYY-MM-DD, a day that exists, year 1 to 9999. */
function isDate(b: Uint8Array, s: number): boolean {
  const century = two(b, s)
  const years = two(b, s + 2)
  const month = two(b, s + 5)
  const day = two(b, s + 8)
  if (century > 99 || years > 99 || century + years === 0) return false
  if (b[s + 4] !== 0x2d || b[s + 7] !== 0x2d || month < 1 || month > 12 || day < 1) return false
  const year = century * 100 + years
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day <= MONTH_DAYS[month] + (leap ? 1 : 0)
}

/** HH:MM or HH:MM:SS, with or without a fraction; second 60 and hour 24 do not count. @returns the end, or -1 */
function timeEnd(b: Uint8Array, s: number, e: number): number {
  if (e - s < 5 || two(b, s) > 23 || b[s + 2] !== 0x3a || two(b, s + 3) > 59) return -1
  if (b[s + 5] !== 0x3a || e - s < 8) return s + 5
  if (two(b, s + 6) > 59) return -1
  if (b[s + 8] !== 0x2e || e - s < 10) return s + 8
  const fraction = digitsEnd(b, s + 9, e)
  return fraction > s + 9 ? fraction : -1
}

/** ISO 8601 in the profile of RFC 3339, or a date. The T may be a blank, and a missing offset means UTC. */
function isTimestamp(b: Uint8Array, s: number, e: number, offsets: boolean): boolean {
  if (e - s < 10 || !isDate(b, s)) return false
  if (e - s === 10) return true
  if (b[s + 10] !== 0x54 && b[s + 10] !== 0x20 && b[s + 10] !== 0x74) return false
  return isZone(b, timeEnd(b, s + 11, e), e, offsets)
}

/** From `s`, the end of a time or -1: nothing, Z, or an offset of hh, hhmm or hh:mm up to 15:59, Postgres's limit. */
function isZone(b: Uint8Array, s: number, e: number, offsets: boolean): boolean {
  if (s < 0) return false
  if (s === e) return true
  if (b[s] === 0x5a || b[s] === 0x7a) return s + 1 === e
  if (b[s] !== 0x2b && b[s] !== 0x2d) return false
  const minutes = offsetMinutes(b, s + 1, e)
  return offsets ? minutes >= 0 : minutes === 0
}

/** Minutes of hh, hhmm or hh:mm, or -1. */
function offsetMinutes(b: Uint8Array, s: number, e: number): number {
  const hours = two(b, s)
  if (hours > 15) return -1
  if (e - s === 2) return hours * 60
  const at = b[s + 2] === 0x3a ? s + 3 : s + 2
  const minutes = two(b, at)
  return e - at === 2 && minutes <= 59 ? hours * 60 + minutes : -1
}

import {type Conversion, charactersOf} from './conversion.ts'

/** Digits behind the seconds in each unit, and the values, without their sign, that are no times of another unit. */
const UNITS = {
  s: {digits: 0, from: 0n, until: 10n ** 11n},
  ms: {digits: 3, from: 10n ** 11n, until: 10n ** 14n},
  us: {digits: 6, from: 10n ** 14n, until: 10n ** 17n},
  ns: {digits: 9, from: 10n ** 17n, until: 10n ** 20n},
}
type Unit = keyof typeof UNITS

const COUNT = /^(-?)(\d+)(?:\.(\d+))?$/

/**
 * `1764150000123` → "2025-11-26T09:40:00.123Z", with every digit. A value of another unit is left alone: in each unit,
 * times from 1973 to 5138 are values that the next smaller unit does not have.
 */
export function epoch(unit: Unit): Conversion {
  const {digits, from, until} = UNITS[unit]
  return (json) => {
    const [, sign, whole, more = ''] = COUNT.exec((charactersOf(json) ?? json).trim()) ?? []
    if (whole === undefined) return {misfit: `is not a number of ${unit} since 1970`}
    const size = BigInt(whole)
    if (size < from || size >= until) return {misfit: `is not a plausible number of ${unit} since 1970`}
    const padded = whole.padStart(digits + 1, '0')
    const seconds = BigInt(`${padded.slice(0, padded.length - digits)}`)
    const fraction = padded.slice(padded.length - digits) + more
    return {json: JSON.stringify(timeText(sign === '-', seconds, fraction))}
  }
}

/** @param fraction digits behind the point */
function timeText(isBefore: boolean, seconds: bigint, fraction: string): string {
  const parts = 10n ** BigInt(fraction.length)
  const count = (seconds * parts + BigInt(fraction || '0')) * (isBefore ? -1n : 1n)
  const rest = ((count % parts) + parts) % parts
  const whole = Number((count - rest) / parts)
  const digits = fraction === '' ? '' : `.${String(rest).padStart(fraction.length, '0')}`
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${digits}Z`
}

const DATE =
  /^\s*(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?:[ T](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s?(Z|[-+]\d{2}:?\d{2})?)?\s*$/

/** `"26.11.2026 14:05"` → "2026-11-26T14:05"; a zone is kept, and none is added. */
export function date(order: 'dmy' | 'mdy'): Conversion {
  return (json) => {
    const [, first, , second, year, time, zone = ''] = DATE.exec(charactersOf(json) ?? '') ?? []
    const [day, month] = order === 'dmy' ? [first, second] : [second, first]
    if (year === undefined || !isDay(Number(year), Number(month), Number(day))) {
      return {
        misfit: `is not a date in the order ${order === 'dmy' ? 'day, month, year' : 'month, day, year'}`,
      }
    }
    const text = [year, month.padStart(2, '0'), day.padStart(2, '0')].join('-')
    return {json: JSON.stringify(time === undefined ? text : `${text}T${time}${zone}`)}
  }
}

function isDay(year: number, month: number, day: number): boolean {
  const at = new Date(Date.UTC(year, month - 1, day))
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day
}

/** Types of dates and times, by their names in `pg_catalog`. */
export type Temporal = 'timestamp' | 'timestamptz' | 'date' | 'time' | 'timetz'

/**
 * What Postgres skips around a value. JavaScript's `\s` would also match Unicode spaces, which Postgres does not skip.
 */
const BLANK = '[ \\t\\n\\v\\f\\r]*'
const DATE = '(?<year>\\d{4,})-(?<month>\\d\\d)-(?<day>\\d\\d)'
const TIME = '(?<hour>[01]\\d|2[0-3]):(?<minute>[0-5]\\d)(?::(?<second>[0-5]\\d)(?<fraction>\\.\\d+)?)?'
const ZONE =
  '(?:[Zz]|UTC|(?<sign>[+-])(?<zoneHour>\\d\\d)(?::?(?<zoneMinute>\\d\\d)(?::(?<zoneSecond>\\d\\d))?)?)'
/** The suffix that Postgres writes for years before the year 1. */
const ERA = '(?<era> BC)?'

const TIMESTAMP = new RegExp(`^${BLANK}${DATE}(?:(?:[Tt]| +)${TIME} ?${ZONE}?)?${ERA}${BLANK}$`)

/** The one form accepted for each type. It has no part that the type could not store, such as an hour in a date. */
const FORMS: Record<Temporal, RegExp> = {
  timestamp: TIMESTAMP,
  timestamptz: TIMESTAMP,
  date: new RegExp(`^${BLANK}${DATE}${ERA}${BLANK}$`),
  time: new RegExp(`^${BLANK}${TIME}${BLANK}$`),
  timetz: new RegExp(`^${BLANK}${TIME} ?${ZONE}?${BLANK}$`),
}

/** The only texts without a digit that Postgres reads as a date or a time; it refuses all others itself. */
const WORD = /(?:^|[^a-z])(?:now|today|tomorrow|yesterday|epoch|infinity|allballs)(?:[^a-z]|$)/i

/**
 * Whether a text has the one form that is accepted for its type: ISO 8601 with years of four digits or more, which
 * Postgres writes, too. `J2451187`, `1/2/2024`, `20240102`, `24:00:00` and an hour in a date do not have it.
 * Postgres decides whether the day exists.
 */
export function isTemporal(type: Temporal, text: string): boolean {
  return FORMS[type].test(text)
}

/** Whether Postgres might accept a text that has another form; if not, its own error says why. */
export function mayBeTemporal(text: string): boolean {
  return /\d/.test(text) || WORD.test(text)
}

/**
 * Converts a timestamp with an offset to UTC and drops the offset; undefined if there is nothing to convert, or if
 * Postgres will refuse the value anyway. Every digit of the fraction stays.
 */
export function inUtc(text: string): string | undefined {
  const parts = TIMESTAMP.exec(text)?.groups
  if (!parts?.sign) return undefined
  const part = (name: string) => Number(parts[name] ?? 0)
  const offset = (part('zoneHour') * 60 + part('zoneMinute')) * 60 + part('zoneSecond')
  if (offset === 0 || part('zoneHour') > 15 || part('zoneMinute') > 59 || part('zoneSecond') > 59)
    return undefined
  const year = parts.era ? 1 - part('year') : part('year')
  if (part('year') === 0 || !isDay(year, part('month'), part('day'))) return undefined
  const local = (part('hour') * 60 + part('minute')) * 60 + part('second')
  const seconds = parts.sign === '+' ? local - offset : local + offset
  const day = civilDay(daysOf(year, part('month'), part('day')) + Math.floor(seconds / DAY))
  const ofDay = ((seconds % DAY) + DAY) % DAY
  const time = [Math.floor(ofDay / 3600), Math.floor(ofDay / 60) % 60, ofDay % 60].map(two).join(':')
  const shown = String(day.year > 0 ? day.year : 1 - day.year).padStart(4, '0')
  const era = day.year > 0 ? '' : ' BC'
  return `${shown}-${two(day.month)}-${two(day.day)}T${time}${parts.fraction ?? ''}${era}`
}

const DAY = 86_400

function two(value: number): string {
  return String(value).padStart(2, '0')
}

const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]

function isDay(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return month >= 1 && month <= 12 && day >= 1 && day <= MONTH_DAYS[month - 1] + (leap ? 1 : 0)
}

/**
 * Days since 0000-03-01 in the Gregorian calendar, in which the year 0 is 1 BC. JavaScript's Date ends in the year
 * 275760, earlier than Postgres's range. Algorithm: https://howardhinnant.github.io/date_algorithms.html
 */
export function daysOf(year: number, month: number, day: number): number {
  const y = month > 2 ? year : year - 1
  const era = Math.floor(y / 400)
  const ofEra = y - era * 400
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1
  return era * 146_097 + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear
}

/** The inverse of `daysOf`. */
export function civilDay(days: number): {year: number; month: number; day: number} {
  const era = Math.floor(days / 146_097)
  const ofEra = days - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const fromMarch = Math.floor((5 * ofYear + 2) / 153)
  const day = ofYear - Math.floor((153 * fromMarch + 2) / 5) + 1
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
  return {year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day}
}

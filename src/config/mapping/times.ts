import {usageError} from '../../errors.ts'

/** Unit of an epoch number: seconds, milliseconds, microseconds or nanoseconds since 1970-01-01T00:00:00Z. */
export const TIME_UNITS = ['s', 'ms', 'us', 'ns'] as const
export type TimeUnit = (typeof TIME_UNITS)[number]

export function isTimeUnit(text: unknown): text is TimeUnit {
  return TIME_UNITS.some((unit) => unit === text)
}

/** `column=unit` pairs. @param where the flag or variable, for messages @throws QtoolError (usage) */
export function parseTimes(pairs: readonly string[], where: string): Record<string, TimeUnit> {
  const times = new Map<string, TimeUnit>()
  for (const pair of pairs) {
    const at = pair.lastIndexOf('=')
    const [column, unit] = [pair.slice(0, at), pair.slice(at + 1)]
    if (at < 1 || !isTimeUnit(unit)) {
      throw usageError(
        `expected ${where} to be COLUMN=UNIT with a unit of ${TIME_UNITS.join(', ')}, got ${JSON.stringify(pair)}`,
      )
    }
    const known = times.get(column)
    if (known !== undefined && known !== unit) {
      throw usageError(`${where} gives the column ${JSON.stringify(column)} two units: ${known} and ${unit}`)
    }
    times.set(column, unit)
  }
  return Object.fromEntries(times)
}

/** What stands where there is no figure. */
export const NONE = '–'

/** 50000 → 50,000 */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A rate: whole from ten on, since one more digit would only flicker. 12345.6 → 12,346; 0.25 → 0.3 */
export function rate(value: number): string {
  return Math.abs(value) >= 9.95 || value === 0 ? count(value) : value.toFixed(1)
}

/** For the axis of a chart: 1200000 → 1.2 M, 500000 → 500 k */
export function short(value: number): string {
  for (const [size, unit] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (Math.abs(value) >= size) return `${Number((value / size).toFixed(1))} ${unit}`
  }
  return String(Number(value.toFixed(1)))
}

/** 1 record, 2 records */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** Bytes with a binary unit: 1536 → 1.5 KiB. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  let size = value
  let unit = 0
  // Not 1024, because 1023.96 would be rounded to 1024.0
  while (size >= 1023.95 && unit < units.length - 1) {
    size /= 1024
    unit++
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`
}

/** A duration in ms: 90500 → 1 m 31 s. Rounds first, so that no unit overflows. */
export function duration(ms: number): string {
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`
  if (Math.round(ms / 100) < 600) return `${(Math.round(ms / 100) / 10).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} m ${seconds % 60} s`
  const minutes = Math.round(ms / 60_000)
  if (minutes < 48 * 60) return `${Math.floor(minutes / 60)} h ${minutes % 60} m`
  const hours = Math.round(ms / 3_600_000)
  return `${Math.floor(hours / 24)} d ${hours % 24} h`
}

/** To the second, in UTC as everywhere in qtool: 2026-11-24 06:30:00Z. @param time RFC 3339 */
export function moment(time: string | null): string {
  return time === null ? 'unknown' : `${time.slice(0, 19).replace('T', ' ')}Z`
}

/** A figure that may be missing. */
export function orNone(value: number | null | undefined, write: (value: number) => string): string {
  return value === null || value === undefined ? NONE : write(value)
}

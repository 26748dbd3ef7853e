/** 50000 → 50,000 */
export function count(value: number): string {
  return String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** A rate: 12,345, or 0.3 where a whole number would say too little. */
export function rate(value: number): string {
  if (value === 0 || value >= 9.95) return count(value)
  return value < 0.05 ? '<0.1' : value.toFixed(1)
}

/** A change since the last look: +1,200, -3; nothing if there was none. */
export function change(by: number): string {
  if (by === 0) return ''
  return `${by < 0 ? '-' : '+'}${count(Math.abs(by))}`
}

/** A part of a whole: 42.4%; no part is 0% unless there is none of it. @param share 0 to 1 */
export function percent(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1%' : `${(share * 100).toFixed(1)}%`
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

/** A duration in ms for people: 90500 → 1 m 31 s. Rounds first, so that no unit overflows. */
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

/** A duration to its largest unit, for figures that are not exact: 90500 → 1.5 m. */
export function roughly(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const
  const [unit, length] = units.find(([, one]) => ms >= one) ?? ['s', 1000]
  const value = ms / length
  return `${value >= 9.95 ? Math.round(value) : value.toFixed(1)} ${unit}`
}

/** `1 record`, `2 records`, `3 processes`. */
export function plural(value: number, noun: string): string {
  const ending = noun.endsWith('s') ? 'es' : 's'
  return `${count(value)} ${noun}${value === 1 ? '' : ending}`
}

/** To the second: 2026-11-24 06:30:00Z. @param time RFC 3339 */
export function moment(time: string | null): string {
  return time === null ? 'unknown' : `${time.slice(0, 19).replace('T', ' ')}Z`
}

/** To the minute, without the year: 11-24 06:30Z. @param time RFC 3339 */
export function minute(time: string | null): string {
  return time === null ? 'unknown' : `${time.slice(5, 16).replace('T', ' ')}Z`
}

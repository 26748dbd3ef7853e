import type {Signs} from '../bench/signs.ts'

/** Eight heights of a bar, the lowest for nothing. */
const BARS = {unicode: '▁▂▃▄▅▆▇█', ascii: '_.-:=+*#'}

/**
 * A row of bars, one column each, from zero to the largest value. More values than columns are averaged; fewer stand at
 * the right, because that is now. Null leaves a gap.
 */
export function sparkline(values: ReadonlyArray<number | null>, width: number, signs: Signs): string {
  const bars = signs.ok === '✓' ? BARS.unicode : BARS.ascii
  const points = resampled(values, width)
  const most = Math.max(0, ...points.map((value) => value ?? 0))
  const bar = (value: number | null) => {
    if (value === null) return ' '
    // Something, however little, differs from nothing
    const height = value <= 0 || most === 0 ? 0 : Math.max(1, Math.round((value / most) * (bars.length - 1)))
    return bars[height]
  }
  return points.map(bar).join('').padStart(width)
}

function resampled(values: ReadonlyArray<number | null>, width: number): Array<number | null> {
  if (values.length <= width) return [...values]
  return Array.from({length: width}, (_, i) => {
    const from = Math.floor((i * values.length) / width)
    const some = values.slice(from, Math.floor(((i + 1) * values.length) / width))
    const known = some.filter((value) => value !== null)
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
  })
}

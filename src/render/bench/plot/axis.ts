import {extent, linearScale, logScale, type Scale} from './scale.ts'

/** A scale with what is written beside it. */
export interface Axis {
  title: string
  scale: Scale
  /** Where a tick is not written as its number. */
  label?: (value: number) => string
}

/** Values that differ by more than this cannot be read side by side on a linear axis. */
const WIDE = 30

/** From zero, or logarithmic where that would hide the smaller values; a zero has no place on such an axis. */
export function axisOf(
  values: number[],
  {unit, from, to, count}: {unit: string; from: number; to: number; count: number},
): Axis {
  const [min, max] = extent(values)
  return min > 0 && max / min > WIDE
    ? {title: `${unit}, log scale`, scale: logScale({min, max, from, to, count})}
    : {title: unit, scale: linearScale({min: 0, max: Math.max(max, 0) || 1, from, to, count, round: 'out'})}
}

import {extent, linearScale, logScale, type Scale} from './scale.ts'

/** A scale with its title and the labels of its ticks. */
export interface Axis {
  title: string
  scale: Scale
  /** Label of a tick; its number by default. */
  label?: (value: number) => string
}

/** Values that differ by more than this factor cannot both be read on a linear axis. */
const WIDE = 30

/** An axis from zero, or a logarithmic one if that would hide the smaller values and none of them is zero. */
export function axisOf(
  values: number[],
  {unit, from, to, count}: {unit: string; from: number; to: number; count: number},
): Axis {
  const [min, max] = extent(values)
  return min > 0 && max / min > WIDE
    ? {title: `${unit}, log scale`, scale: logScale({min, max, from, to, count})}
    : {title: unit, scale: linearScale({min: 0, max: Math.max(max, 0) || 1, from, to, count, round: 'out'})}
}

/** A slope with its 90 % confidence interval, `slope` ± `margin`. */
export interface Slope {
  slope: number
  margin: number
  /** Variance that the value gathers a second. */
  variance: number
}

/** A point of time in seconds, and a value. */
export type Point = readonly [seconds: number, value: number]

/** 95 % quantile of the normal distribution. */
const Z = 1.6449

/**
 * The slope of the least-squares line through at least three points, oldest first.
 *
 * A backlog is a sum of what came and went: its errors add up instead of being independent, for which the usual
 * interval of a regression is far too narrow. So the slope is seen as a weighted sum of the steps between the points,
 * and the interval follows from how much these steps vary.
 */
export function slopeOf(points: readonly Point[]): Slope {
  const mean = points.reduce((sum, [seconds]) => sum + seconds, 0) / points.length
  const along = points.reduce((sum, [seconds]) => sum + (seconds - mean) ** 2, 0)
  const steps = stepsOf(points)
  let weight = 0
  let slope = 0
  let spread = 0
  for (const [i, {seconds, change}] of steps.entries()) {
    weight -= (points[i][0] - mean) / along
    slope += weight * change
    spread += weight ** 2 * seconds
  }
  const variance = varianceOf(steps)
  return {slope, margin: quantile(steps.length - 1) * Math.sqrt(variance * spread), variance}
}

interface Step {
  seconds: number
  change: number
}

function stepsOf(points: readonly Point[]): Step[] {
  return points.slice(1).map(([seconds, value], i) => ({
    seconds: seconds - points[i][0],
    change: value - points[i][1],
  }))
}

/** Of the steps around their mean drift, a second. Items are counted one by one, so it is at least that of a count. */
function varianceOf(steps: readonly Step[]): number {
  const total = steps.reduce((sum, {seconds}) => sum + seconds, 0)
  const drift = steps.reduce((sum, {change}) => sum + change, 0) / total
  const squares = steps.reduce((sum, {seconds, change}) => sum + (change - drift * seconds) ** 2 / seconds, 0)
  return Math.max(squares / (steps.length - 1), Math.abs(drift))
}

/** 95 % quantile of Student's t distribution, by the expansion of Cornish and Fisher. */
function quantile(freedom: number): number {
  const first = (Z ** 3 + Z) / (4 * freedom)
  const second = (5 * Z ** 5 + 16 * Z ** 3 + 3 * Z) / (96 * freedom ** 2)
  return Z + first + second
}

/** How long until a value that changes by `slope` a second is zero, with the margin in which it lies with 90 %. */
export function timeToZero(
  value: number,
  {slope, margin, variance}: Slope,
): {seconds: number; margin: number} {
  const speed = Math.abs(slope)
  const seconds = value / speed
  // The slope may be smaller, and what comes and goes until then varies as well
  const late = value / (speed - margin) - seconds
  const wander = Z * Math.sqrt((value * variance) / speed ** 3)
  return {seconds, margin: Math.hypot(late, wander)}
}

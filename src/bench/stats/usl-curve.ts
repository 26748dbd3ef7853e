import {solve} from './linear.ts'

/** The parameters of X(n) = λn / (1 + σ(n−1) + κn(n−1)). */
export interface Curve {
  lambda: number
  sigma: number
  kappa: number
}

type Points = ReadonlyArray<readonly [workers: number, rate: number]>

/** Which of σ and κ may differ from zero. */
interface Free {
  sigma: boolean
  kappa: boolean
}

const FREE: Free[] = [
  {sigma: true, kappa: true},
  {sigma: true, kappa: false},
  {sigma: false, kappa: true},
  {sigma: false, kappa: false},
]

const STEPS = 100

/** The fit ends with a step that improves the sum of squares by a smaller share than this. */
const ENOUGH = 1e-12

export function rateAt({lambda, sigma, kappa}: Curve, workers: number): number {
  return (lambda * workers) / (1 + sigma * (workers - 1) + kappa * workers * (workers - 1))
}

/**
 * Least squares with λ > 0, σ ≥ 0, κ ≥ 0. If the best curve lies on a bound, σ or κ is zero there. So the curve is
 * fitted without bounds for each choice of which of the two are zero, and the best result within the bounds wins.
 */
export function fitCurve(points: Points): Curve | undefined {
  const found = FREE.flatMap((free) => {
    const start = startCurve(points, free)
    return start ? [improve(points, start, free)] : []
  })
  return found
    .filter(({lambda, sigma, kappa}) => lambda > 0 && sigma >= 0 && kappa >= 0)
    .sort((a, b) => squares(points, a) - squares(points, b))
    .at(0)
}

/**
 * The law in linear form, n/X = 1/λ + σ/λ (n−1) + κ/λ n(n−1): it is solved directly, but minimises the errors of n/X.
 * The weights X⁴/n² turn these approximately into the errors of X.
 */
function startCurve(points: Points, free: Free): Curve | undefined {
  const rows = points
    .filter(([, rate]) => rate > 0)
    .map(([n, rate]) => ({
      weight: rate ** 4 / n ** 2,
      inputs: select([1, n - 1, n * (n - 1)], free),
      output: n / rate,
    }))
  const solution = leastSquares(rows)
  if (!solution || !(solution[0] > 0)) return undefined
  const [a, b, c] = spread(solution, free)
  return {lambda: 1 / a, sigma: Math.max(0, b / a), kappa: Math.max(0, c / a)}
}

/** Levenberg-Marquardt: Gauss-Newton steps, damped until they improve the fit. */
function improve(points: Points, start: Curve, free: Free): Curve {
  let best = start
  let damping = 1e-3
  for (let i = 0; i < STEPS && damping < 1e12; i++) {
    const rows = points.map(([n, rate]) => ({
      weight: 1,
      inputs: select(gradient(best, n), free),
      output: rate - rateAt(best, n),
    }))
    const step = leastSquares(rows, damping)
    const next = step ? moved(best, spread(step, free)) : undefined
    const [before, after] = [squares(points, best), next ? squares(points, next) : Number.NaN]
    if (!next || !(after <= before)) {
      damping *= 10
      continue
    }
    best = next
    damping /= 10
    if (before - after <= ENOUGH * before) break
  }
  return best
}

/** Partial derivatives of the rate by λ, σ and κ. */
function gradient(curve: Curve, n: number): number[] {
  const rate = rateAt(curve, n)
  const slope = -(rate * rate) / (curve.lambda * n)
  return [rate / curve.lambda, slope * (n - 1), slope * n * (n - 1)]
}

function moved({lambda, sigma, kappa}: Curve, [a, b, c]: number[]): Curve {
  return {lambda: lambda + a, sigma: sigma + b, kappa: kappa + c}
}

/** Sum of squares; infinite if the curve has a pole or turns negative among the points. */
function squares(points: Points, curve: Curve): number {
  return points.reduce((sum, [n, rate]) => {
    const fitted = rateAt(curve, n)
    return fitted > 0 && Number.isFinite(fitted) ? sum + (rate - fitted) ** 2 : Number.POSITIVE_INFINITY
  }, 0)
}

interface Row {
  weight: number
  inputs: number[]
  output: number
}

/**
 * Solves the normal equations, with `damping` added to their diagonal. Each unknown is first scaled so that its column
 * has length one: λ and κ are nine or more orders of magnitude apart.
 */
function leastSquares(rows: Row[], damping = 0): number[] | undefined {
  const unknowns = [...(rows.at(0)?.inputs.keys() ?? [])]
  const product = (value: (row: Row) => number) => rows.reduce((sum, row) => sum + row.weight * value(row), 0)
  const units = unknowns.map((i) => Math.sqrt(product(({inputs}) => inputs[i] ** 2)))
  const equations = unknowns.map((i) => [
    ...unknowns.map((j) => product(({inputs}) => (inputs[i] / units[i]) * (inputs[j] / units[j]))),
    product(({inputs, output}) => (inputs[i] / units[i]) * output),
  ])
  for (const i of unknowns) equations[i][i] += damping
  return solve(equations)?.map((value, i) => value / units[i])
}

function select([a, b, c]: number[], free: Free): number[] {
  return [a, ...(free.sigma ? [b] : []), ...(free.kappa ? [c] : [])]
}

function spread([a, ...rest]: number[], free: Free): number[] {
  const b = free.sigma ? (rest.shift() ?? 0) : 0
  return [a, b, free.kappa ? (rest.shift() ?? 0) : 0]
}

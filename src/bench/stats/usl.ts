import type {ScalabilityFit} from '../shape/fit.ts'
import {type Curve, fitCurve, rateAt} from './usl-curve.ts'

/** Three parameters fit any three points exactly: only a fourth number of workers can contradict the curve. */
const LEAST_WORKERS = 4

/** Above this error the curve does not describe the points, and its parameters are noise. */
const LARGEST_ERROR = 0.2

/** If twice the workers of the peak lose less than this share, or than the error of the fit, it is a plateau. */
const PLATEAU = 0.01

/** A peak beyond this multiple of the largest measured number of workers is a guess. */
const REACH = 2

const CURVE_POINTS = 40

/**
 * Fits the Universal Scalability Law to points of [workers, operations a second], by least squares with
 * λ > 0, σ ≥ 0, κ ≥ 0. Several rates for one number of workers, one from each round, are points of their own.
 * `too few points` with fewer than four different numbers of workers, or if the error of the fit is above 20 %, which
 * `error` then shows.
 */
export function fitScalability(points: ReadonlyArray<readonly [number, number]>): ScalabilityFit {
  const sorted = points
    .map(([workers, rate]): [number, number] => [workers, rate])
    .sort((a, b) => a[0] - b[0])
  const unknown: ScalabilityFit = {
    state: 'too few points',
    lambda: null,
    sigma: null,
    kappa: null,
    error: null,
    peakAt: null,
    peak: null,
    points: sorted,
    curve: [],
  }
  if (new Set(sorted.map(([workers]) => workers)).size < LEAST_WORKERS) return unknown
  const curve = fitCurve(sorted)
  const error = curve ? relativeError(sorted, curve) : null
  if (!curve || error === null || error > LARGEST_ERROR) return {...unknown, error}
  const [first, last] = [sorted[0][0], sorted[sorted.length - 1][0]]
  const peakAt = findPeak(curve, error, last * REACH)
  const peak = peakAt === null ? null : rateAt(curve, peakAt)
  return {...unknown, ...curve, state: 'fitted', error, peakAt, peak, curve: drawCurve(curve, first, last)}
}

/** Root mean square of the residuals over the mean rate; null if all rates are zero. */
function relativeError(points: ReadonlyArray<readonly [number, number]>, curve: Curve): number | null {
  const squares = points.reduce((sum, [workers, rate]) => sum + (rate - rateAt(curve, workers)) ** 2, 0)
  const total = points.reduce((sum, [, rate]) => sum + rate, 0)
  return total > 0 ? (Math.sqrt(squares / points.length) * points.length) / total : null
}

/** Workers, at least one, beyond which more of them lower the rate. Null if out of reach or on a plateau. */
function findPeak(curve: Curve, error: number, reach: number): number | null {
  const {sigma, kappa} = curve
  const at = sigma >= 1 ? 1 : Math.max(1, Math.sqrt((1 - sigma) / kappa))
  if (!(at <= reach)) return null
  return 1 - rateAt(curve, 2 * at) / rateAt(curve, at) > Math.max(PLATEAU, error) ? at : null
}

function drawCurve(curve: Curve, first: number, last: number): Array<[number, number]> {
  return Array.from({length: CURVE_POINTS}, (_, i) => {
    const workers = first + ((last - first) * i) / (CURVE_POINTS - 1)
    return [workers, rateAt(curve, workers)]
  })
}

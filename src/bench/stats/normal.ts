/**
 * Share of a standard normal distribution that lies above z. The relative error is below 1.2e-7 even far out, where
 * 1 − P would lose a small probability to rounding. erfc is approximated as in Press et al., Numerical Recipes, 6.2.
 */
export function upperTail(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + x / 2)
  const series = COEFFICIENTS.reduceRight((sum, coefficient) => coefficient + t * sum, 0)
  const tail = (t * Math.exp(-x * x + series)) / 2
  return z >= 0 ? tail : 1 - tail
}

const COEFFICIENTS = [
  -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
  -0.82215223, 0.17087277,
]

/** Halvings of a quarter turn down to the last bit of a double. */
const HALVINGS = 60

/**
 * The t that Student's distribution of `degrees` degrees of freedom (a whole number) exceeds with probability 1 − p;
 * p from 0.5 up.
 */
export function tQuantile(p: number, degrees: number): number {
  const wanted = 2 * p - 1
  let low = 0
  let high = Math.PI / 2
  for (let i = 0; i < HALVINGS; i++) {
    const middle = (low + high) / 2
    if (within(middle, degrees) < wanted) low = middle
    else high = middle
  }
  return Math.sqrt(degrees) * Math.tan((low + high) / 2)
}

/**
 * P(|T| ≤ t) for t = √degrees · tan(angle), as a finite sum: Abramowitz and Stegun, Handbook of Mathematical
 * Functions, 26.7.3 and 26.7.4.
 */
function within(angle: number, degrees: number): number {
  const sine = Math.sin(angle)
  const square = Math.cos(angle) ** 2
  const odd = degrees % 2 === 1
  let term = odd ? Math.cos(angle) : 1
  let sum = degrees === 1 ? 0 : term
  for (let k = odd ? 3 : 2; k < degrees; k += 2) {
    term *= (square * (k - 1)) / k
    sum += term
  }
  return odd ? (2 / Math.PI) * (angle + sine * sum) : sine * sum
}

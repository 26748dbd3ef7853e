import type {Random} from '../../src/bench/stats/random.ts'

/** A number from the standard normal distribution, by the Box-Muller transform. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next())
}

/** Log-normal values, as times are, with `middle` as median and this coefficient of variation. */
export function noisy(random: Random, middle: number, variation: number, count: number): number[] {
  const spread = Math.sqrt(Math.log(1 + variation ** 2))
  return Array.from({length: count}, () => middle * Math.exp(spread * normal(random)))
}

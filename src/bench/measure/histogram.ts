import type {Latency, LatencyFigure} from '../shape/step.ts'
import {BUCKETS, bucketOf, topOf} from './buckets.ts'

/** An hour: a longer wait is recorded as at least an hour. */
const HIGHEST_US = 3_600_000_000

/** A percentile is meaningful only with at least this many samples beyond it. */
export const SAMPLES_BEYOND = 10

/** Points of the spectrum for each halving of the distance to 100 %, as in HdrHistogram's own plots. */
const POINTS_PER_HALVING = 5

/** A histogram as plain data, to be sent to another process. */
export interface PackedHistogram {
  /** Each bucket that has samples, followed by their number. */
  counts: number[]
  /** µs. */
  max: number
  /** µs. */
  sum: number
  /** µs; null if the end of every wait was seen. */
  openFrom: number | null
}

/**
 * Latencies in ms, kept in µs with 3 significant figures: a percentile is at most 0.1 % above the sample it
 * represents. Any number of samples takes 190 KB.
 */
export class LatencyHistogram {
  readonly #counts = new Float64Array(BUCKETS)
  #count = 0
  #max = 0
  #sum = 0
  /** Shortest wait whose end was not seen, µs. */
  #openFrom = Number.POSITIVE_INFINITY

  record(ms: number): void {
    if (ms * 1000 > HIGHEST_US) this.recordAtLeast(ms)
    else this.#add(ms)
  }

  /** Records a wait whose end was not seen: it took this long, or longer. */
  recordAtLeast(ms: number): void {
    this.#openFrom = Math.min(this.#openFrom, this.#add(ms))
  }

  pack(): PackedHistogram {
    const counts: number[] = []
    for (const [bucket, samples] of this.#counts.entries()) if (samples > 0) counts.push(bucket, samples)
    const openFrom = Number.isFinite(this.#openFrom) ? this.#openFrom : null
    return {counts, max: this.#max, sum: this.#sum, openFrom}
  }

  /** Adds all samples of another histogram: the result is the same as if they had been recorded here. */
  addAll({counts, max, sum, openFrom}: PackedHistogram): void {
    for (let i = 0; i < counts.length; i += 2) {
      this.#counts[counts[i]] += counts[i + 1]
      this.#count += counts[i + 1]
    }
    this.#max = Math.max(this.#max, max)
    this.#sum += sum
    this.#openFrom = Math.min(this.#openFrom, openFrom ?? Number.POSITIVE_INFINITY)
  }

  #add(ms: number): number {
    const micros = Math.min(HIGHEST_US, Math.max(1, Math.round(ms * 1000)))
    this.#counts[bucketOf(micros)]++
    this.#count++
    if (micros > this.#max) this.#max = micros
    this.#sum += micros
    return micros
  }

  /** Whether a figure of `ms` is a lower bound, because the end of some wait up to it was not seen. */
  isAtLeast(ms: number): boolean {
    return ms * 1000 >= this.#openFrom
  }

  get count(): number {
    return this.#count
  }

  /** ms, exactly; null without samples. */
  get max(): number | null {
    return this.count === 0 ? null : this.#max / 1000
  }

  /** ms, exactly; null without samples. */
  get mean(): number | null {
    return this.count === 0 ? null : this.#sum / this.count / 1000
  }

  /** ms; null with fewer than 10 samples beyond it. @param q 0 to 100 */
  percentile(q: number): number | null {
    return this.#beyond(q) < SAMPLES_BEYOND ? null : this.estimate(q)
  }

  /** ms, from however few samples: to decide by, not to be shown. @param q 0 to 100 */
  estimate(q: number): number | null {
    if (this.count === 0) return null
    const rank = Math.max(1, Math.round((q / 100) * this.count))
    let seen = 0
    let bucket = -1
    while (seen < rank) seen += this.#counts[++bucket]
    return Math.min(this.#max, topOf(bucket)) / 1000
  }

  /** Pairs of [percentile, ms], both rising, up to the last percentile with 10 samples beyond it. */
  spectrum(): Array<[number, number]> {
    const last = 100 * (1 - SAMPLES_BEYOND / this.count)
    if (!(last >= 0)) return []
    const at: number[] = []
    for (let i = 0; ; i++) {
      const q = 100 * (1 - 2 ** (-i / POINTS_PER_HALVING))
      if (q >= last) break
      at.push(q)
    }
    return [...at, last].map((q) => [q, this.estimate(q) ?? 0])
  }

  /** How many samples lie above the one at percentile `q`. */
  #beyond(q: number): number {
    // In floating point, 99.9 % of 10,000 is 9,990.000000000002
    return this.count - Math.ceil((q / 100) * this.count - 1e-6)
  }
}

const NAMES = ['p50', 'p90', 'p99', 'p999', 'max'] as const

/** The figures of a step; null without samples. @param raw from the time of sending */
export function latencyOf(corrected: LatencyHistogram, raw: LatencyHistogram): Latency | null {
  const {count, max} = corrected
  if (max === null) return null
  const percentiles = {
    p50: corrected.percentile(50),
    p90: corrected.percentile(90),
    p99: corrected.percentile(99),
    p999: corrected.percentile(99.9),
    max,
  }
  const raw99 = raw.percentile(99)
  const atLeast: LatencyFigure[] = NAMES.filter((name) => {
    const ms = percentiles[name]
    return ms !== null && corrected.isAtLeast(ms)
  })
  if (raw99 !== null && raw.isAtLeast(raw99)) atLeast.push('raw99')
  return {samples: count, ...percentiles, raw99, ...(atLeast.length > 0 ? {atLeast} : {})}
}

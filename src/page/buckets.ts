import type {Sample} from '../monitor/observation.ts'

/** Samples of one stretch of time, as one point. */
export interface Bucket {
  /** Seconds since 1970 at which the stretch begins. */
  at: number
  /** Null, as all else, where nobody listened. */
  backlog: number | null
  oldestMs: number | null
  in: number | null
  out: number | null
}

/** A chart of ten minutes then has 120 points, about as many as can be told apart. */
const BUCKET_SECONDS = 5

/** Fewer missing buckets are a server that was slow to answer. */
const MOST_MISSING = 3

/**
 * Means of stretches of five seconds. The last one is still filling, and so not comparable with the others.
 * @param samples oldest first
 */
export function toBuckets(samples: readonly Sample[]): Bucket[] {
  const groups = new Map<number, Sample[]>()
  for (const sample of samples) {
    const at = Math.floor(sample.atMs / 1000 / BUCKET_SECONDS) * BUCKET_SECONDS
    const group = groups.get(at)
    if (group) group.push(sample)
    else groups.set(at, [sample])
  }
  return withGaps([...groups].map(([at, group]) => bucketOf(at, group)))
}

function bucketOf(at: number, group: Sample[]): Bucket {
  return {
    at,
    backlog: mean(group.map(({ready, leased}) => ready + leased)),
    oldestMs: mean(group.map(({oldestMs}) => oldestMs)),
    in: mean(group.map((sample) => sample.in)),
    out: mean(group.map((sample) => sample.out)),
  }
}

/** Puts an empty bucket where some are missing: a line drawn across would show what nobody has seen. */
function withGaps(buckets: Bucket[]): Bucket[] {
  return buckets.flatMap((bucket, i) => {
    const next = buckets[i + 1]
    if (next === undefined || next.at - bucket.at <= MOST_MISSING * BUCKET_SECONDS) return [bucket]
    const nothing = {backlog: null, oldestMs: null, in: null, out: null}
    return [bucket, {at: bucket.at + BUCKET_SECONDS, ...nothing}]
  })
}

function mean(values: Array<number | null>): number | null {
  const known = values.filter((value) => value !== null)
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length
}

/**
 * Values of a curve in two parts: what is whole, and the way to the bucket that is still filling, which is drawn dashed.
 * Null where a part has nothing.
 */
export function splitNewest(values: Array<number | null>): [Array<number | null>, Array<number | null>] {
  const last = values.length - 1
  return [
    values.map((value, i) => (i < last ? value : null)),
    values.map((value, i) => (i >= last - 1 ? value : null)),
  ]
}

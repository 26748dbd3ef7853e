/** Buckets of each power of two, which keep 3 significant figures, as an HdrHistogram of that precision does. */
const EACH = 1024

/** Values up to this have a bucket of their own. */
const EXACT = 2 * EACH

/** One more than the last bucket. */
export const BUCKETS = bucketOf(2 ** 32 - 1) + 1

/** @param value whole, at least 0, below 2^32 */
export function bucketOf(value: number): number {
  const shift = Math.max(0, Math.clz32(EXACT >>> 1) - Math.clz32(value))
  return shift * EACH + (value >>> shift)
}

/** The highest value in a bucket, at most 0.1 % above the lowest. */
export function topOf(bucket: number): number {
  if (bucket < EXACT) return bucket
  const shift = Math.floor(bucket / EACH) - 1
  return (bucket - shift * EACH + 1) * 2 ** shift - 1
}

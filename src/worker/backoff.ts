/** Longest pause between two tries, in ms. */
const MOST_MS = 30_000
const FIRST_MS = 200

/**
 * Exponential backoff with full jitter: a random pause, up to a limit that doubles with every try, so that many workers
 * do not come back together. https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 * @param tries failures so far, 0 for the first
 * @param random 0 to 1
 */
export function backoffMs(tries: number, random = Math.random()): number {
  return Math.round(random * Math.min(MOST_MS, FIRST_MS * 2 ** (tries + 1)))
}

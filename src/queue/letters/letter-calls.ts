/** Most letters and bytes per call: 1 to 2 ms of Redis's time; a single letter of a MiB takes a few ms. */
const CALL_LETTERS = 100
const CALL_BYTES = 256 * 1024

/** Splits a list into parts that each fit into one call. */
export function inCalls<T>(list: readonly T[], bytesOf: (one: T) => number): T[][] {
  const calls: T[][] = []
  let bytes = CALL_BYTES
  for (const one of list) {
    if (bytes >= CALL_BYTES || calls[calls.length - 1].length === CALL_LETTERS) {
      calls.push([])
      bytes = 0
    }
    calls[calls.length - 1].push(one)
    bytes += bytesOf(one)
  }
  return calls
}

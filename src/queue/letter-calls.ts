/** Most letters and bytes of one call: about a ms of Redis's time, in which the next one is put together. */
const CALL_LETTERS = 100
const CALL_BYTES = 1024 * 1024

/** Cuts a list into parts, each of which one call may carry. */
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

/** Most letters and bytes of one call: one to two ms of Redis's time, a letter of a MiB some ms. */
const CALL_LETTERS = 100
const CALL_BYTES = 256 * 1024

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

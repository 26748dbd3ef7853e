/**
 * The result of `work`, or undefined once the signal is aborted. Removes its listener: a race against a promise that
 * lives as long as a pipe would keep 590 bytes per call for as long.
 */
export function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const onAbort = () => resolve(undefined)
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort, {once: true})
    const leave = () => signal.removeEventListener('abort', onAbort)
    work.then(
      (value) => {
        leave()
        resolve(value)
      },
      (error: unknown) => {
        leave()
        reject(error)
      },
    )
  })
}

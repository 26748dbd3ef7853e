/** Time between two readings, ms. */
const EVERY_MS = 5000

/**
 * Reads again and again while somebody looks at the page. For what has no stream.
 * @param read rejects only when it was stopped
 * @returns a function that stops it
 */
export function poll(read: (signal: AbortSignal) => Promise<void>): () => void {
  const stopped = new AbortController()
  let timer: ReturnType<typeof setTimeout> | undefined
  const turn = async () => {
    if (!document.hidden) await read(stopped.signal)
    if (!stopped.signal.aborted) timer = setTimeout(() => void turn(), EVERY_MS)
  }
  const look = () => {
    if (document.hidden) return
    clearTimeout(timer)
    void turn()
  }
  document.addEventListener('visibilitychange', look)
  void turn()
  return () => {
    stopped.abort()
    clearTimeout(timer)
    document.removeEventListener('visibilitychange', look)
  }
}

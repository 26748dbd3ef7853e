import type {RedisOptions} from 'ioredis'

/** Pause before an attempt to connect again, ms: the first, which grows with each, and the longest. */
const FIRST_PAUSE_MS = 50
const LONGEST_PAUSE_MS = 500

/**
 * Connects again for `reconnectMs` after a cut, and for `refusedMs` to leave a server that answers with an error which
 * says that it is the wrong one; the command is then sent again, and fails with that error after this time. Every attempt comes after a pause, so that two servers
 * that name each other are not asked in a loop.
 * @param isElsewhere tells such an error
 */
export function reconnecting(
  reconnectMs: number,
  isElsewhere: (error: unknown) => boolean,
  refusedMs = reconnectMs,
): Pick<RedisOptions, 'retryStrategy' | 'reconnectOnError'> {
  let cutAt = 0
  let refusedSince: number | undefined
  return {
    retryStrategy: (times) => {
      if (times === 1) cutAt = performance.now()
      const isOver = performance.now() - cutAt >= reconnectMs
      return isOver ? null : Math.min(FIRST_PAUSE_MS * times, LONGEST_PAUSE_MS)
    },
    reconnectOnError: (error) => {
      if (!isElsewhere(error)) return false
      const now = performance.now()
      // A change longer ago belongs to an earlier failover
      if (refusedSince === undefined || now - refusedSince > 2 * refusedMs) refusedSince = now
      return now - refusedSince < refusedMs ? 2 : false
    },
  }
}

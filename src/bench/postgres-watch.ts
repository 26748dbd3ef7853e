import type {Pool} from 'pg'
import {classifyFailure} from '../postgres/failure.ts'

const LOOK_MS = 1000

/** One check may fail on a busy machine; the second failure in a row counts. */
const FAILED_LOOKS = 2

/**
 * Checks once a second that Postgres is reachable while `use` runs. A scenario may use only Redis for minutes, e.g. to
 * fill a queue, and would otherwise notice too late that Postgres is gone.
 * @param use gets a signal that is also aborted when Postgres is gone
 * @throws the error of Postgres if it is gone, however `use` reacted to the signal; otherwise what `use` throws
 */
export async function whilePostgresIsThere<T>(
  pool: Pool,
  signal: AbortSignal,
  use: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const gone = new AbortController()
  let failed = 0
  let isLooking = false
  const look = async () => {
    if (isLooking) return
    isLooking = true
    try {
      await pool.query('SELECT 1')
      failed = 0
    } catch (error) {
      if (classifyFailure(error) === 'away' && ++failed === FAILED_LOOKS) gone.abort(error)
    } finally {
      isLooking = false
    }
  }
  const timer = setInterval(look, LOOK_MS)
  try {
    const result = await use(AbortSignal.any([signal, gone.signal]))
    gone.signal.throwIfAborted()
    return result
  } catch (error) {
    throw gone.signal.aborted ? gone.signal.reason : error
  } finally {
    clearInterval(timer)
  }
}

import type {Pool} from 'pg'
import {classifyFailure} from '../postgres/failure.ts'

const LOOK_MS = 1000

/** One look may fail on a machine that is busy; the second in a row is believed. */
const FAILED_LOOKS = 2

/**
 * Looks once a second whether Postgres is there while `use` runs. A scenario may use Redis alone for minutes, filling
 * a queue, and would notice only afterwards that Postgres is gone.
 * @param use is given a signal that is also aborted when Postgres is gone
 * @throws the error of Postgres once it is gone, whatever `use` made of the signal; else what `use` throws
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

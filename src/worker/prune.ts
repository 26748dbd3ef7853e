import type {Drain} from './state.ts'

/** Days to keep entries: longer than anybody keeps a Redis backup from which a lease could come back. */
const DAYS = 7

/** Most rows per statement, so that each is short. */
const MOST = 5000

const EVERY_MS = 3_600_000

/**
 * Keeps the ledger from growing for ever: once an hour, deletes the leases that were written long ago. Those that
 * Redis still holds stay, since a queue may have been paused for weeks. After an error, it tries again in an hour.
 */
export async function pruneLedger(drain: Drain): Promise<void> {
  const {ledger, pool, queue} = drain
  const now = performance.now()
  if (!ledger || now - drain.prunedAt < EVERY_MS) return
  drain.prunedAt = now
  try {
    const options = {days: DAYS, kept: await queue.heldLeases(), most: MOST}
    while ((await ledger.prune(pool, queue.name, options)) === MOST);
  } catch {
    // If something is wrong, writing leases fails with the same error and reports it
  }
}

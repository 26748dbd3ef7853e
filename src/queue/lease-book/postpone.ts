import type {Held, LeaseRef, Postponed} from '../lease.ts'
import {composeScript} from '../lua-engine.ts'
import {assertHeld, type LeaseBook, laterLeaseId, NOW, runHeld} from './book.ts'

/** Lua's unpack breaks at 8,000 values; 1,000 members per call also keep each call short. */
const MEMBERS_PER_CALL = 1000

/*
 * KEYS[1] leases ZSET   KEYS[2] attempts HASH   KEYS[3] items of the new lease
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] id of the new lease
 * ARGV[4] ms until it becomes visible, or "" while more items follow   ARGV[5..] score, item, ...
 * Returns 1, or 0 if the lease is not held under this fence any more.
 *
 * A repeated call changes nothing: what a worker has done with the new lease meanwhile stays.
 */
const POSTPONE = composeScript(
  'postpone',
  (engine) => `#!lua flags=allow-oom
${engine.put}
${NOW}
local id, new = ARGV[1], ARGV[3]
${assertHeld('KEYS[1]', 'KEYS[2]')}
for i = 5, #ARGV, 2 do put(KEYS[3], ARGV[i], ARGV[i + 1]) end
if ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[1], 'NX', now(ARGV[4]), new)
  redis.call('HSETNX', KEYS[2], new, '0 0 0')
end
return 1`,
)

/**
 * Puts records of a lease into a lease of their own that becomes visible in `delayMs`; before the lease itself is
 * settled. The delay is kept in Redis, so it outlives the worker.
 */
export async function postponeRecords(
  book: LeaseBook,
  lease: LeaseRef,
  records: readonly Postponed[],
  delayMs: number,
): Promise<Held> {
  const {keys} = book
  const id = laterLeaseId(lease)
  for (let from = 0; from < records.length; from += MEMBERS_PER_CALL) {
    const part = records.slice(from, from + MEMBERS_PER_CALL)
    const isLast = from + MEMBERS_PER_CALL >= records.length
    const members = part.flatMap(({score, text}) => [score, text])
    const args = [lease.id, lease.fence, id, isLast ? Math.round(delayMs) : '', ...members]
    const held = await runHeld(book, POSTPONE, [keys.leases, keys.attempts, keys.lease(id)], args)
    if (held === 'lost') return held
  }
  return 'held'
}

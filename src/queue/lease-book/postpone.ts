import type {Held, LeaseRef, Postponed} from '../lease.ts'
import {composeScript} from '../lua-engine.ts'
import {assertHeld, type LeaseBook, laterLeaseId, NOW, runHeld} from './book.ts'

/** Lua's unpack breaks at 8,000 values; 1,000 members per call also keep each call short. */
const MEMBERS_PER_CALL = 1000

/*
 * KEYS[1] ready items   KEYS[2] leases ZSET   KEYS[3] attempts HASH   KEYS[4] items of the new lease
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] id of the new lease
 * ARGV[4] ms until it becomes visible, or "" while more items follow   ARGV[5] items in the calls before
 * ARGV[6..] place, item, ...
 * Returns 1, or 0 if the lease is not held under this fence any more.
 *
 * A repeated call changes nothing: what a worker has done with the new lease meanwhile stays. An engine may hold equal
 * items several times, so how many are there already tells what was put before. The first call begins again after a
 * holder that did not finish: without a ledger, another holder may postpone other records.
 */
const POSTPONE = composeScript(
  'postpone',
  (engine) => `#!lua flags=allow-oom
${engine.size}
${engine.drop}
${engine.put}
${NOW}
local id, new, before = ARGV[1], ARGV[3], tonumber(ARGV[5])
${assertHeld('KEYS[2]', 'KEYS[3]')}
if redis.call('HEXISTS', KEYS[3], new) == 1 then return 1 end
if before == 0 then drop(KEYS[4]) end
local there = size(KEYS[4])
if there == before then
  for i = 6, #ARGV, 2 do put(KEYS[4], ARGV[i], ARGV[i + 1]) end
elseif there ~= before + (#ARGV - 5) / 2 then
  return redis.error_reply('TRYAGAIN the calls of another postponement came in between')
end
if ARGV[4] ~= '' then
  redis.call('ZADD', KEYS[2], 'NX', now(ARGV[4]), new)
  redis.call('HSETNX', KEYS[3], new, '0 0 0')
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
    const args = [lease.id, lease.fence, id, isLast ? Math.round(delayMs) : '', from, ...members]
    const held = await runHeld(book, POSTPONE, [keys.leases, keys.attempts, keys.lease(id)], args)
    if (held === 'lost') return held
  }
  return 'held'
}

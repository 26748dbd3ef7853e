import type {Held, LeaseRef} from '../lease.ts'
import {composeScript} from '../lua-engine.ts'
import {assertHeld, type LeaseBook, NOW, runHeld} from './book.ts'

/*
 * KEYS[1] ready items   KEYS[2] items of the lease   KEYS[3] leases ZSET   KEYS[4] attempts HASH
 * KEYS[5] items of the lower half   KEYS[6] items of the upper half
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3], ARGV[4] ids of the halves   ARGV[5] attempts they begin with
 * Returns 1, or 0 if the lease is not held under this fence any more.
 */
const SPLIT = composeScript(
  'split',
  (engine) => `#!lua flags=allow-oom
${engine.size}
${engine.claim}
${NOW}
local id = ARGV[1]
${assertHeld('KEYS[3]', 'KEYS[4]')}
local count = size(KEYS[2])
local middle = math.floor(count / 2)
if middle > 0 then claim(KEYS[2], KEYS[5], middle) end
claim(KEYS[2], KEYS[6], count - middle)
local visible = now()
for half = 3, 4 do
  redis.call('ZADD', KEYS[3], visible, ARGV[half])
  redis.call('HSET', KEYS[4], ARGV[half], '0 ' .. ARGV[5] .. ' 0')
end
redis.call('ZREM', KEYS[3], id)
redis.call('HDEL', KEYS[4], id)
return 1`,
)

/**
 * Makes two leases of one, so that an item that kills its worker is found by halving.
 * @param attempts that each half begins with: its items have been handed out before
 */
export function splitLease(book: LeaseBook, lease: LeaseRef, attempts: number): Promise<Held> {
  const {keys} = book
  const halves = [`${lease.id}.1`, `${lease.id}.2`]
  const names = [keys.lease(lease.id), keys.leases, keys.attempts, ...halves.map(keys.lease)]
  return runHeld(book, SPLIT, names, [lease.id, lease.fence, ...halves, attempts])
}

import {OUTCOME_NAMES, OUTCOMES} from '../../record/outcomes.ts'
import {runScript} from '../../redis/script.ts'
import type {Held, Lease, LeaseRef, OversizedLease, Settlement} from '../lease.ts'
import {letterCounting} from '../letters/letter-counts.ts'
import {composeScript} from '../lua-engine.ts'
import {remembering} from '../recent.ts'
import type {LeaseBook} from './book.ts'
import {postponeRecords} from './postpone.ts'
import {replayOutcomes} from './replay-outcomes.ts'

/** Lua's unpack breaks at 8,000 values; 1,000 members per call also keep each call short. */
const MEMBERS_PER_CALL = 1000

/*
 * KEYS[1] ready items   KEYS[2] items of the lease   KEYS[3] leases ZSET   KEYS[4] attempts HASH   KEYS[5] dead ZSET
 * KEYS[6] stats HASH   KEYS[7] history HASH   KEYS[8] canary HASH
 * ARGV[1] lease id   ARGV[2] fence   ARGV[3] "1" when this is the last call for the lease
 * ARGV[4] what to add to counters: `NAME COUNT NAME COUNT ...`   ARGV[5] dead letters in the calls before
 * ARGV[6] dead letters of this call   ARGV[7..] score, member, ..., then history field, outcome, ...
 * Returns 1, 2 if the lease is gone, as after a call whose answer was lost, or 0 if another worker holds it.
 *
 * The dead letters go in before the lease goes: an error halfway leaves both. How many went in is part of the state
 * of the lease, so that the next holder does not add them again: they may be replayed by then. The history of an item
 * that was replayed ends here, and the run that watches it is told. UNLINK frees the items in the background.
 */
const ACKNOWLEDGE = composeScript(
  'acknowledge',
  (engine) => `#!lua flags=allow-oom
${engine.drop}
${engine.size}
${remembering(engine)}
local id = ARGV[1]
local state = redis.call('HGET', KEYS[4], id)
local deadline = redis.call('ZSCORE', KEYS[3], id)
if not state and not deadline then return 2 end
local fence, tries, added = string.match(state or '', '^(%d+) (%d+ %d+) ?(%d*)$')
if fence ~= ARGV[2] or not deadline then return 0 end
${letterCounting('KEYS[6]')}
if (tonumber(added) or 0) <= tonumber(ARGV[5]) then
  for i = 7, 6 + 2 * ARGV[6], 2 do add_letter(KEYS[5], ARGV[i], ARGV[i + 1]) end
end
save_counts()
for i = 7 + 2 * ARGV[6], #ARGV, 2 do
  local past = redis.call('HGET', KEYS[7], ARGV[i])
  if past then
    redis.call('HDEL', KEYS[7], ARGV[i])
    local mark = (string.match(past, '^([%x-]+) ') or '') .. ':' .. ARGV[i]
    if redis.call('HEXISTS', KEYS[8], mark) == 1 then redis.call('HSET', KEYS[8], mark, ARGV[i + 1]) end
  end
end
if ARGV[3] == '1' then
  remember(KEYS[6])
  for name, count in string.gmatch(ARGV[4], '(%S+) (%d+)') do redis.call('HINCRBY', KEYS[6], name, count) end
  drop(KEYS[2])
  redis.call('ZREM', KEYS[3], id)
  redis.call('HDEL', KEYS[4], id)
else
  local known = math.max(tonumber(added) or 0, ARGV[5] + ARGV[6])
  redis.call('HSET', KEYS[4], id, string.format('%s %s %d', fence, tries, known))
end
return 1`,
)

/** Drops a lease whose records are all accounted for, adds its dead letters, postpones records, and counts. */
export async function settleLease(
  book: LeaseBook,
  lease: Lease | OversizedLease,
  outcome: Settlement,
): Promise<Held> {
  const {postponed, postponeMs} = outcome
  if ((await postponeRecords(book, lease, postponed, postponeMs)) === 'lost') return 'lost'
  const replayed = 'items' in lease && lease.mayBeReplayed ? replayOutcomes(lease.items, outcome) : []
  return acknowledge(book, lease, outcome, replayed)
}

async function acknowledge(
  {redis, keys, engine}: LeaseBook,
  lease: LeaseRef,
  outcome: Settlement,
  replayed: ReturnType<typeof replayOutcomes>,
): Promise<Held> {
  const {deadLetters} = outcome
  const {leases, attempts, dead, stats, history, canary} = keys
  const names = [keys.ready, keys.lease(lease.id), leases, attempts, dead, stats, history, canary]
  for (let from = 0; ; from += MEMBERS_PER_CALL) {
    const to = from + MEMBERS_PER_CALL
    const isLast = to >= deadLetters.length && to >= replayed.length
    const letters = deadLetters.slice(from, to)
    const args = [
      lease.id,
      lease.fence,
      isLast ? 1 : 0,
      countersOf(outcome),
      Math.min(from, deadLetters.length),
      letters.length,
      ...letters.flatMap((entry) => [entry.failedAt, entry.text]),
      ...replayed.slice(from, to).flatMap((one) => [one.field, one.outcome]),
    ]
    const reply = await runScript(redis, ACKNOWLEDGE(engine), names, args)
    if (reply !== 1) return reply === GONE ? 'held' : 'lost'
    if (isLast) return 'held'
  }
}

/** For the script; some counters are there from the first lease on, and the others once they have something to count. */
function countersOf(outcome: Settlement): string {
  const {inserted, alreadyThere, deadLetters, empty} = outcome
  const counts = {
    ...Object.fromEntries(OUTCOME_NAMES.map((name) => [OUTCOMES[name], outcome[name]])),
    empty,
  }
  const always = {inserted, already_there: alreadyThere, dead_lettered: deadLetters.length}
  const found = Object.entries({...counts, ...always}).filter(([name, n]) => n > 0 || name in always)
  return found.flat().join(' ')
}

/** The lease is gone: an earlier call has settled it, and its answer was lost. */
const GONE = 2

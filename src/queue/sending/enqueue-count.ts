import type {ChainableCommander} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {composeScript, type LuaEngine} from '../lua-engine.ts'
import {remembering} from '../recent.ts'

/** Lua: `tally()`, see `LuaEngine`. */
const tally = (engine: LuaEngine) =>
  engine.tally ?? `${engine.size}\nlocal function tally() return size(KEYS[1]) end`

/*
 * KEYS[1] ready items   KEYS[2] sent HASH
 * Stores the number of ready items.
 */
const BEFORE = composeScript(
  'count before enqueue',
  (engine) => `#!lua flags=allow-oom
${tally(engine)}
redis.call('HSET', KEYS[2], 'before', tally())`,
)

/*
 * KEYS[1] ready items   KEYS[2] sent HASH   KEYS[3] stats HASH
 * ARGV[1] slot   ARGV[2] number of the shipment   ARGV[3] records in each item
 * Returns how many items were added since BEFORE, and stores it with the number of the shipment.
 */
const AFTER = composeScript(
  'count enqueued',
  (engine) => `#!lua flags=allow-oom
${tally(engine)}
${remembering(engine)}
local added = tally() - redis.call('HGET', KEYS[2], 'before')
remember(KEYS[3])
redis.call('HINCRBY', KEYS[3], 'enqueued', added * ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. added)
return added`,
)

/*
 * KEYS[1] ready items   KEYS[2] binding HASH of a shard   KEYS[3] ready items that are set aside   ARGV[1] epoch of the items
 * If the shard has a later epoch, its ready items are set aside for the rest of the transaction, in O(1).
 */
const SET_ASIDE = composeScript(
  'guard shard',
  () => `#!lua flags=allow-oom
if tonumber(redis.call('HGET', KEYS[2], 'epoch') or 0) > tonumber(ARGV[1]) and redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('RENAME', KEYS[1], KEYS[3])
end`,
)

/*
 * KEYS[1] ready items   KEYS[2] binding HASH of a shard   KEYS[3] ready items that were set aside   KEYS[4] sent HASH
 * KEYS[5] stats HASH
 * ARGV[1] epoch of the items   ARGV[2] slot   ARGV[3] number of the shipment   ARGV[4] records in each item
 * Returns how many items were added since BEFORE; or -1 if the shard has a later epoch, and then nothing was added: what
 * the transaction has added lies alone under the key, is removed, and the ready items come back.
 */
const AFTER_GUARDED = composeScript(
  'count enqueued to shard',
  (engine) => `#!lua flags=allow-oom
${engine.size}
${remembering(engine)}
local added = -1
if tonumber(redis.call('HGET', KEYS[2], 'epoch') or 0) > tonumber(ARGV[1]) then
  redis.call('UNLINK', KEYS[1])
  if redis.call('EXISTS', KEYS[3]) == 1 then redis.call('RENAME', KEYS[3], KEYS[1]) end
else
  added = size(KEYS[1]) - redis.call('HGET', KEYS[4], 'before')
  remember(KEYS[5])
  redis.call('HINCRBY', KEYS[5], 'enqueued', added * ARGV[4])
end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3] .. ' ' .. added)
return added`,
)

/**
 * Counts the items before and after the commands that add to the queue, all in one transaction: the difference is
 * exactly what was added, and goes into `enqueued` of the stats in the same step. The scripts are sent as text, since
 * an unknown hash would fail alone while the rest of the transaction is executed. The last reply is the number of
 * items added, or -1 if the shard has refused the items of `note.epoch`.
 */
export function countAdded(
  transaction: ChainableCommander,
  {keys, engine}: {keys: QueueKeys; engine: LuaEngine},
  note: {sent: string; slot: number; number: number; recordsPerItem: number; epoch?: number},
  add: () => void,
): void {
  const {sent, slot, number, recordsPerItem, epoch} = note
  if (epoch !== undefined) {
    const guarded = [keys.ready, keys.sink, keys.sent('aside')]
    const args = [epoch, slot, number, recordsPerItem]
    transaction.eval(SET_ASIDE(engine).lua, 3, ...guarded, epoch)
    transaction.eval(BEFORE(engine).lua, 2, keys.ready, sent)
    add()
    transaction.eval(AFTER_GUARDED(engine).lua, 5, ...guarded, sent, keys.stats, ...args)
    return
  }
  transaction.eval(BEFORE(engine).lua, 2, keys.ready, sent)
  add()
  transaction.eval(AFTER(engine).lua, 3, keys.ready, sent, keys.stats, slot, number, recordsPerItem)
}

/** Parses the note of a slot: which shipment was executed last, and how many items it added, or -1 if it was refused. */
export function parseNote(text: string | null): {number: number; added: number} | undefined {
  const [number, added] = text?.split(' ').map(Number) ?? []
  return added === undefined ? undefined : {number, added}
}

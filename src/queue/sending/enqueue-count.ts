import type {ChainableCommander} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {composeScript, type LuaEngine} from '../lua-engine.ts'

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
local added = tally() - redis.call('HGET', KEYS[2], 'before')
redis.call('HINCRBY', KEYS[3], 'enqueued', added * ARGV[3])
redis.call('HSET', KEYS[2], ARGV[1], ARGV[2] .. ' ' .. added)
return added`,
)

/**
 * Counts the items before and after the commands that add to the queue, all in one transaction: the difference is
 * exactly what was added, and goes into `enqueued` of the stats in the same step. The scripts are sent as text, since
 * an unknown hash would fail alone while the rest of the transaction is executed. The last reply is the number of
 * items added.
 */
export function countAdded(
  transaction: ChainableCommander,
  {keys, engine}: {keys: Pick<QueueKeys, 'ready' | 'stats'>; engine: LuaEngine},
  note: {sent: string; slot: number; number: number; recordsPerItem: number},
  add: () => void,
): void {
  const {sent, slot, number, recordsPerItem} = note
  transaction.eval(BEFORE(engine).lua, 2, keys.ready, sent)
  add()
  transaction.eval(AFTER(engine).lua, 3, keys.ready, sent, keys.stats, slot, number, recordsPerItem)
}

/** Parses the note of a slot: which shipment was executed last, and how many items it added. */
export function parseNote(text: string | null): {number: number; added: number} | undefined {
  const [number, added] = text?.split(' ').map(Number) ?? []
  return added === undefined ? undefined : {number, added}
}

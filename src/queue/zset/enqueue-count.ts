import type {ChainableCommander} from 'ioredis'
import type {QueueKeys} from '../../redis/keys.ts'
import {defineScript} from '../../redis/script.ts'

/*
 * KEYS[1] sent HASH   KEYS[2] ready ZSET
 * Stores the number of ready items.
 */
const BEFORE = defineScript(
  'count before enqueue',
  `#!lua flags=allow-oom
redis.call('HSET', KEYS[1], 'before', redis.call('ZCARD', KEYS[2]))`,
)

/*
 * KEYS[1] sent HASH   KEYS[2] ready ZSET   KEYS[3] stats HASH
 * ARGV[1] slot   ARGV[2] number of the shipment   ARGV[3] records in each item
 * Returns how many items were added since BEFORE, and stores it with the number of the shipment.
 */
const AFTER = defineScript(
  'count enqueued',
  `#!lua flags=allow-oom
local added = redis.call('ZCARD', KEYS[2]) - redis.call('HGET', KEYS[1], 'before')
redis.call('HINCRBY', KEYS[3], 'enqueued', added * ARGV[3])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2] .. ' ' .. added)
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
  keys: Pick<QueueKeys, 'ready' | 'stats'>,
  note: {sent: string; slot: number; number: number; recordsPerItem: number},
  add: () => void,
): void {
  const {sent, slot, number, recordsPerItem} = note
  transaction.eval(BEFORE.lua, 2, sent, keys.ready)
  add()
  transaction.eval(AFTER.lua, 3, sent, keys.ready, keys.stats, slot, number, recordsPerItem)
}

/** Parses the note of a slot: which shipment was executed last, and how many items it added. */
export function parseNote(text: string | null): {number: number; added: number} | undefined {
  const [number, added] = text?.split(' ').map(Number) ?? []
  return added === undefined ? undefined : {number, added}
}

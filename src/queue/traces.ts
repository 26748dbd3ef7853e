import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import type {LeaseRef} from './lease.ts'

/** Notes that are kept, the newest: each worker compares all of them with each lease that it takes. */
const MOST_NOTES = 32

/** How long they are kept after the newest, ms. */
const KEPT_MS = 3_600_000

/** An item that is larger is not noted. */
const MOST_BYTES = 16 * 1024

/*
 * KEYS[1] notes LIST   ARGV[1] note "CONTEXT ITEM"   ARGV[2] most notes   ARGV[3] how long they are kept, ms
 */
const NOTE = defineScript(
  'note-trace',
  `redis.call('LREM', KEYS[1], 0, ARGV[1])
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('PEXPIRE', KEYS[1], ARGV[3])`,
)

/*
 * KEYS[1] notes LIST   KEYS[2] items of a lease ZSET
 * Returns the contexts of the notes whose items are in the lease, and removes these notes.
 */
const FIND = defineScript(
  'find-traces',
  `#!lua flags=allow-oom
local found = {}
for _, note in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  local context, item = string.match(note, '^(%S+) (.*)$')
  if context and redis.call('ZSCORE', KEYS[2], item) then
    found[#found + 1] = context
    redis.call('LREM', KEYS[1], 1, note)
  end
end
return found`,
)

/**
 * Notes that an item belongs to a trace. Items are the exact bytes of their producers, so the context travels beside
 * them. Redis may refuse the note, and the item is sent all the same.
 * @param context W3C `traceparent`
 */
export async function noteTrace(redis: Redis, keys: QueueKeys, context: string, item: Buffer): Promise<void> {
  if (item.length > MOST_BYTES) return
  const note = Buffer.concat([Buffer.from(`${context} `), item])
  await runScript(redis, NOTE, [notesOf(keys)], [note, MOST_NOTES, KEPT_MS])
}

/** Contexts of the items of a lease that were noted. A note is found once. */
export async function findTraces(redis: Redis, keys: QueueKeys, {id}: LeaseRef): Promise<string[]> {
  // By its text: a second call, for a server that does not know the hash, may come after the lease is settled
  return (await redis.eval(FIND.lua, 2, notesOf(keys), keys.lease(id))) as string[]
}

/** In a family that the rights of every user of a queue cover. */
function notesOf(keys: QueueKeys): string {
  return keys.sent('traces')
}

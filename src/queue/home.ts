import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'

/**
 * What a queue is, beyond its name: kept in the hash of its binding, so it need not be set again. A field that
 * was never set is absent.
 */
export interface QueueHome {
  /** The key of its ready items, where that is not `queue:NAME`. */
  ready_key?: string
  /** Kind of its ready items: an `EngineKind`. */
  engine?: string
  /** The end from which its list is popped: a `ListEnd`. */
  list_pops?: string
  /** Number of its shards, as a decimal. */
  shards?: string
  /** Path of the field by which records are spread over the shards. */
  shard_by?: string
  /** Who wrote its items: a `PayloadKind`, which its workers have said. */
  payload?: string
  /** `strict` if only one lease of a shard may be held at a time. */
  shard_order?: string
  /** Number of shards that may hold something, where that is more than `shards`. */
  served?: string
  /** Rises with every change of the shards; of a shard: producers with an older one are refused. */
  epoch?: string
  /** Since when items have been moving to other shards. */
  moving?: string
}

const FIELDS: ReadonlyArray<keyof QueueHome> = [
  ...(['ready_key', 'engine', 'list_pops', 'shards', 'shard_by', 'payload'] as const),
  ...(['shard_order', 'served', 'epoch', 'moving'] as const),
]

/*
 * KEYS[1] binding HASH   ARGV[1] number of fields said   then field, value, ...   then the fields to return
 * Returns the values of the fields: one that is there already is left as it is. allow-oom: a full Redis must still be
 * drained.
 */
const SAY = defineScript(
  'home',
  `#!lua flags=allow-oom
local said = 1 + 2 * ARGV[1]
for i = 2, said, 2 do redis.call('HSETNX', KEYS[1], ARGV[i], ARGV[i + 1]) end
return redis.call('HMGET', KEYS[1], unpack(ARGV, said + 1))`,
)

/** What is known of a queue; an empty object for most. */
export async function readHome(redis: Redis, keys: QueueKeys): Promise<QueueHome> {
  return homeOf(await redis.hmget(keys.sink, ...FIELDS))
}

/** Records what was not set before. @returns what is known then: the first value wins */
export async function settleHome(redis: Redis, keys: QueueKeys, said: QueueHome): Promise<QueueHome> {
  const pairs = Object.entries(said).filter(([, value]) => value !== undefined)
  const values = await runScript(redis, SAY, [keys.sink], [pairs.length, ...pairs.flat(), ...FIELDS])
  return homeOf(values as Array<string | null>)
}

function homeOf(values: Array<string | null>): QueueHome {
  return Object.fromEntries(FIELDS.flatMap((field, i) => (values[i] === null ? [] : [[field, values[i]]])))
}

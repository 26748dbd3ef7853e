import type {Redis} from 'ioredis'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'

/** The table a queue drains into, and how its records become rows; kept in Redis by the workers. */
export interface Binding {
  /** `schema.table`, quoted for SQL where it has to be. */
  table: string
  /** Path of the records in an envelope. */
  records: string
  /** Record key → column. */
  rename: Record<string, string>
  /** Columns that make two rows the same; empty where the table says. */
  key: string[]
}

/*
 * KEYS[1] binding HASH   ARGV[1] table   ARGV[2] 1 to take another table's place   ARGV[3..] field, value, ...
 * Returns the table the queue is bound to. Fields beside the table follow the last worker that started.
 */
const BIND = defineScript(
  'bind',
  `#!lua flags=allow-oom
local bound = redis.call('HGET', KEYS[1], 'table')
if bound and bound ~= ARGV[1] and ARGV[2] ~= '1' then return bound end
redis.call('HSET', KEYS[1], 'table', ARGV[1], unpack(ARGV, 3))
return ARGV[1]`,
)

/**
 * Binds a queue to a table. A queue is bound to one table: another is only taken with `rebind`.
 * @returns the table it is bound to: another one where it was bound before
 */
export async function bindQueue(
  redis: Redis,
  keys: QueueKeys,
  {table, records, rename, key}: Binding,
  options: {rebind: boolean},
): Promise<string> {
  const fields = ['records', records, 'rename', JSON.stringify(rename), 'key', JSON.stringify(key)]
  return String(await runScript(redis, BIND, [keys.sink], [table, options.rebind ? '1' : '0', ...fields]))
}

/** What the workers of a queue have said; undefined where none has ever started. */
export async function readBinding(redis: Redis, keys: QueueKeys): Promise<Binding | undefined> {
  const {table, records, rename, key} = await redis.hgetall(keys.sink)
  if (table === undefined) return undefined
  return {table, records: records ?? 'points', rename: parse(rename, {}), key: parse(key, [])}
}

function parse<T>(text: string | undefined, missing: T): T {
  return text === undefined ? missing : JSON.parse(text)
}

import type {Redis} from 'ioredis'
import type {Conflict} from '../config/conflict.ts'
import {type RecordMapping, withDefaults} from '../config/mapping/mapping.ts'
import type {Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'
import {PAYLOAD_KINDS, type PayloadKind, payloadKind} from '../record/payload/payload.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {defineScript, runScript} from '../redis/script.ts'
import {brokenField} from './broken-key.ts'
import {conflictFields, readConflictFields} from './conflict-fields.ts'
import {mappingFields, readMappingFields} from './mapping-fields.ts'
import {mappingFlags} from './mapping-words.ts'

/** The table a queue drains into, and how its records become rows; kept in Redis by the workers. */
export interface Binding extends RecordMapping, Conflict {
  /** `schema.table`, quoted for SQL where necessary. */
  table: string
  /** Path of the records in an envelope. */
  records: string
  /** Who wrote the items; `json` if left out. */
  payload?: PayloadKind
}

/*
 * KEYS[1] binding HASH   ARGV[1] table   ARGV[2] 1 to replace another table   ARGV[3..] field, value, ...
 * Returns the table the queue is bound to. The other fields are those of the worker that started last.
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
 * Binds a queue to the table that its workers write into; a queue has only one.
 * @throws QtoolError (usage) if it is bound to another table, or with another mapping, unless `rebind`
 */
export async function bindQueue(
  redis: Redis,
  {name: queue, keys}: {name: string; keys: QueueKeys},
  binding: Binding,
  options: {rebind: boolean},
): Promise<void> {
  const {table, records, payload} = binding
  const fields = {
    records,
    payload: payload ?? 'json',
    ...mappingFields(binding),
    ...conflictFields(binding),
  }
  if (!options.rebind) await assertSameMapping(redis, {name: queue, keys}, binding)
  const args = [table, options.rebind ? '1' : '0', ...Object.entries(fields).flat()]
  const bound = String(await runScript(redis, BIND, [keys.sink], args))
  if (bound !== table) throw otherTable(queue, {bound, named: table})
}

/** @throws QtoolError (usage) if the workers of the same table read their records in another way */
async function assertSameMapping(
  redis: Redis,
  at: {name: string; keys: QueueKeys},
  mapping: Binding,
): Promise<void> {
  const bound = await readBinding(redis, at)
  if (bound?.table !== mapping.table) return
  const [before, now] = [mappingFlags(bound), mappingFlags(mapping)]
  if (before === now) return
  throw new QtoolError(`queue ${at.name} is drained with ${before}, not with ${now}`, {
    code: 'OTHER_MAPPING',
    kind: 'usage',
    suggestions: [
      'leave --table and these flags out to drain it as before',
      'with --rebind, it is drained in this way from now on; its other workers have to be started again',
    ],
  })
}

/** The binding that the workers of a queue have stored; undefined if none has ever started. */
export async function readBinding(
  redis: Redis,
  {name: queue, keys}: {name: string; keys: QueueKeys},
): Promise<Binding | undefined> {
  const name = keys.sink
  const fields: Record<string, string | undefined> = await redis.hgetall(name)
  const {table, records} = fields
  if (table === undefined) return undefined
  const broken = (field: string, expected: string) =>
    brokenField(name, field, {
      expected,
      found: fields[field],
      mend: `qtool work -q ${queue} --rebind --table ${table} writes the key again`,
    })
  if (records === undefined) throw broken('records', 'a path')
  const payload = payloadKind(fields.payload ?? 'json')
  if (!payload) throw broken('payload', `one of ${PAYLOAD_KINDS.join(', ')}`)
  const own = readMappingFields(fields, broken)
  const mapping = {table, records, ...own, ...(payload === 'json' ? {} : {payload})}
  return {...mapping, ...readConflictFields(fields, broken)}
}

/** How records become rows, as it was set. */
export type Mapping = Pick<Settings, 'table' | 'records' | 'payload'> & RecordMapping

/** The settings, with values from the binding of the queue for everything that was not set explicitly. */
export function withBinding<M extends Mapping>(settings: M, binding: Binding | undefined): M {
  if (!binding) return settings
  const {table, records, payload} = settings
  const bound = binding.payload ?? 'json'
  return {
    // A table that was named takes all records
    ...withDefaults(settings, table.source === 'default' ? binding : {...binding, routes: settings.routes}),
    table: table.source === 'default' ? {value: binding.table, source: 'binding'} : table,
    records: records.source === 'default' ? {value: binding.records, source: 'binding'} : records,
    payload: payload.source === 'default' ? {value: bound, source: 'binding'} : payload,
  }
}

/** The error for a table that is not the one the queue is bound to. */
export function otherTable(queue: string, {bound, named}: {bound: string; named: string}): QtoolError {
  return new QtoolError(`queue ${queue} drains into ${bound}, not into ${named}`, {
    code: 'OTHER_TABLE',
    kind: 'usage',
    suggestions: [
      'leave --table out to use the table of the queue',
      `qtool work -q ${queue} --rebind with --table binds the queue to another table`,
    ],
  })
}

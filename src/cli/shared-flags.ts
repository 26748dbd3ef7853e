import {Args, Flags} from '@oclif/core'
import {DURABILITY_LEVELS} from '../config/durability.ts'
import {ENGINE_KINDS, LIST_ENDS} from '../config/queue-said.ts'
import {CONFLICT_WAYS} from '../record/conflict.ts'
import {PAYLOAD_KINDS} from '../record/payload/payload.ts'
import {bytes} from './flags.ts'

/** Flags for which servers a command works with. */
export const connectionFlags = {
  profile: Flags.string({summary: 'Profile to use.', helpValue: 'NAME', helpGroup: 'CONNECTION'}),
  'redis-url': Flags.string({summary: 'Redis URL.', helpValue: 'URL', helpGroup: 'CONNECTION'}),
  'database-url': Flags.string({summary: 'Postgres URL.', helpValue: 'URL', helpGroup: 'CONNECTION'}),
}

/** The queue that a command works on. */
export const queueFlag = {
  queue: Flags.string({char: 'q', summary: 'Queue to work on.', helpValue: 'NAME'}),
  'redis-key': Flags.string({
    summary: 'Key of its ready items, if not queue:NAME (an existing list, stream or sorted set).',
    description: 'Remembered from the first use on. Without --queue, the key is also the name of the queue.',
    helpValue: 'KEY',
  }),
  'list-pops': Flags.option({
    options: LIST_ENDS,
    summary: 'End from which consumers pop a list: left for RPUSH and LPOP, right for LPUSH and RPOP.',
    description: 'Remembered from the first use on.',
  })(),
}

/** How a queue that is new keeps its items. */
export const engineFlag = {
  engine: Flags.option({
    options: ENGINE_KINDS,
    summary: 'How a new queue keeps its items: sorted set, list or stream (default: zset).',
  })(),
}

/** The queue without its flag, of commands that take no other argument. */
export const queueArg = {
  queue: Args.string({ignoreStdin: true, description: 'Queue to work on, as with --queue.'}),
}

/** Who wrote the items of the queue. */
export const payloadFlag = {
  payload: Flags.option({
    options: PAYLOAD_KINDS,
    summary: 'Job library that wrote the items (default: what the workers of the queue use, else json).',
  })(),
}

/** Where commands that only read read from. */
export const readFromFlag = {
  'read-from': Flags.string({
    options: ['primary', 'replica'],
    env: 'QTOOL_READ_FROM',
    summary: 'Read from the primary (default), or from a replica, whose lag is then shown.',
    helpGroup: 'CONNECTION',
  }),
}

/** When a write to Redis counts, for commands that promise to keep what they were given. */
export const durabilityFlags = {
  durability: Flags.string({
    options: [...DURABILITY_LEVELS],
    summary:
      'Where a write must be before it counts: on the primary (memory, the default), on replicas, or on disk.',
    description: 'See docs/durability.md. QTOOL_DURABILITY and QTOOL_MIN_REPLICAS set the same.',
  }),
  'min-replicas': Flags.string({
    summary: 'How many replicas must confirm a write (default: 1 with replica, 0 with disk).',
    helpValue: 'N',
  }),
}

/** Flags for how the values of records find their columns. */
export const mappingFlags = {
  route: Flags.string({
    multiple: true,
    summary:
      'Write records into several tables: by a field, by the members of items ($ for the item itself), or * for the rest.',
    description:
      "For example type=order:public.orders, or 'orders[]:public.orders' with 'orders[].lines[]:public.lines'. One transaction for all; parents first. See docs/records.md.",
    helpValue: 'SELECTOR:TABLE',
  }),
  map: Flags.string({
    multiple: true,
    summary:
      'Where the value of a column comes from: a path (customer.no, items[0].sku, items[].sku for a list), $ for the whole record, $parent.id, $envelope.device, or a constant ("gps", 42, null, []).',
    description:
      'With routes also TABLE:COLUMN=SOURCE, for one table alone. See docs/records.md. QTOOL_MAP sets the same, one a line.',
    helpValue: 'COLUMN=SOURCE',
  }),
  rename: Flags.string({
    multiple: true,
    summary: 'Map a record key to a differently named column.',
    helpValue: 'KEY=COLUMN',
  }),
  'camel-case': Flags.boolean({
    allowNo: true,
    summary: 'Let a key such as deviceId give the column device_id; a column of its own name wins.',
  }),
  time: Flags.string({
    multiple: true,
    summary: 'Read numbers for a timestamp column as time since 1970 in s, ms, us or ns.',
    helpValue: 'COLUMN=UNIT',
  }),
}

/** Flags for what becomes of a record whose key is in the table. */
export const conflictFlags = {
  key: Flags.string({
    summary: 'Unique key by which a record finds its row: its columns, separated by commas.',
    description:
      'Default: the primary key, else the only unique key. A conflict with any other unique key is a dead letter. With --route: TABLE:COLUMN for one of the tables, here and in --update-columns, --newest-by and --soft-delete.',
    helpValue: 'COLUMNS',
  }),
  'on-conflict': Flags.option({
    options: CONFLICT_WAYS,
    summary: 'What a record whose key is in the table does: nothing (default), or update the row.',
    description: 'See docs/upserts.md.',
  })(),
  'update-columns': Flags.string({
    summary: 'Columns that an update sets (default: all that the record gives, except the key).',
    helpValue: 'COLUMNS',
  }),
  'newest-by': Flags.string({
    summary: 'Update a row only if the record has a greater value in this column.',
    helpValue: 'COLUMN',
  }),
  'op-field': Flags.string({
    summary: 'Field that says what a record does: insert, update, upsert or delete (or c, r, i, u, d).',
    description:
      'With --on-conflict update. A path as in --map: op, meta.op, $envelope.type. See docs/deletes.md.',
    helpValue: 'PATH',
  }),
  'soft-delete': Flags.string({
    summary: 'Column that a delete sets in place of removing the row: a boolean, or a time.',
    helpValue: 'COLUMN',
  }),
}

/** Flags for how records become rows, for commands that need them. */
export const sinkFlags = {
  table: Flags.string({summary: 'Table to write into (default: live_track_points).', helpValue: 'NAME'}),
  records: Flags.string({
    summary: 'Path of the records in an envelope, or of a job: args.1, data.points (default: points).',
    helpValue: 'PATH',
  }),
  ...payloadFlag,
  ...mappingFlags,
  strict: Flags.boolean({summary: 'Make records with keys that match no column dead letters.'}),
  'allow-special-values': Flags.boolean({summary: 'Accept now, infinity, NaN, 0x10 and the like.'}),
  'max-bytes': bytes({min: 2, default: '1MiB', summary: 'Largest item.'}),
}

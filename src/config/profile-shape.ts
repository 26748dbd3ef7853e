import {Type} from 'typebox'
import {CONFLICT_WAYS} from '../record/conflict.ts'
import {PAYLOAD_KINDS} from '../record/payload/payload.ts'
import {DURABILITY_LEVELS} from './durability.ts'
import {TIME_UNITS} from './mapping/times.ts'
import {PROFILE_MODES} from './profile.ts'
import {ENGINE_KINDS, LIST_ENDS} from './queue-said.ts'

const text = (description: string) => Type.Optional(Type.String({minLength: 1, description}))
const word = (words: readonly string[], description: string) =>
  Type.Optional(Type.Enum([...words], {description}))
const names = (description: string) => Type.Optional(Type.Array(Type.String(), {minItems: 1, description}))
const pairs = (description: string) => Type.Optional(Type.Record(Type.String(), Type.String(), {description}))

const profile = Type.Object(
  {
    name: Type.String({description: 'What --profile and QTOOL_PROFILE call it.'}),
    mode: word(
      PROFILE_MODES,
      'production: written to only when --profile names it; read-only: never written to.',
    ),
    redisUrl: text('Redis URL, or the variable that holds it, as $ and its name in braces.'),
    databaseUrl: text('Postgres URL, or the variable that holds it, as $ and its name in braces.'),
    redisMaxConnections: Type.Optional(
      Type.Number({description: 'Most connections to Redis that one process opens.'}),
    ),
    durability: Type.Optional(
      Type.String({
        minLength: 1,
        examples: [...DURABILITY_LEVELS],
        description: 'Where a write to Redis must be before it counts; see docs/durability.md.',
      }),
    ),
    minReplicas: Type.Optional(Type.Number({description: 'How many replicas must confirm a write.'})),
    queue: text('Queue to work on.'),
    readyKey: text('Key of its ready items, if not queue:NAME.'),
    engine: word(ENGINE_KINDS, 'How a new queue keeps its items.'),
    listPops: word(LIST_ENDS, 'End from which consumers pop a list.'),
    table: text('Table to write into, as in SQL.'),
    records: text('Path of the records in an envelope.'),
    payload: word(PAYLOAD_KINDS, 'Job library that wrote the items.'),
    rename: pairs('Record key to the column that it gives.'),
    map: pairs(
      'Column to where its value comes from: a path (customer.no, items[0].sku, items[].sku for a list), $ for the whole record, $parent.id, $envelope.device, or a constant ("\\"gps\\"", "42", "null", "[]").',
    ),
    camelCase: Type.Optional(Type.Boolean({description: 'Let a key such as deviceId give device_id.'})),
    routes: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Which records go into which table, in place of "table": SELECTOR:TABLE.',
      }),
    ),
    time: Type.Optional(
      Type.Record(Type.String(), Type.Enum([...TIME_UNITS]), {
        description: 'Timestamp column to the unit of its epoch numbers.',
      }),
    ),
    key: names(
      'Columns of the unique key by which a record finds its row; with routes also TABLE:COLUMN, as in the other fields about columns.',
    ),
    onConflict: word(CONFLICT_WAYS, 'What becomes of a record whose key is in the table.'),
    updateColumns: names('Columns that an update sets; all that a record gives, if left out.'),
    newestBy: text('A row is only updated by a record with a greater value in this column.'),
    opField: text('Path of the field that says what a record does: insert, update, upsert or delete.'),
    softDelete: text('Column that a delete sets, in place of removing the row.'),
  },
  {additionalProperties: false, description: 'Named settings.'},
)

/** The profile file, for editors. */
export const ProfileFile = Type.Object(
  {
    $schema: Type.Optional(Type.String({description: 'This schema, for editors.'})),
    current: Type.Optional(Type.String({description: 'The profile used by default.'})),
    profiles: Type.Array(profile),
  },
  {additionalProperties: false},
)

import {type Static, type TProperties, Type} from 'typebox'
import {TIME_UNITS} from '../../config/mapping/times.ts'
import {PAYLOAD_KINDS} from '../../record/payload/payload.ts'

const text = (description: string) => Type.Optional(Type.String({description}))
const yes = (description: string) => Type.Optional(Type.Boolean({description}))
const texts = (description: string) => Type.Optional(Type.Array(Type.String(), {description}))
/** An object with these fields and no others: one that is not known could select less than was meant. */
const closed = <P extends TProperties>(fields: P, description: string) =>
  Type.Object(fields, {additionalProperties: false, description})

const filter = {
  where: text('Filter; see docs/filters.md.'),
  reason: text('Only dead letters with this reason.'),
  code: text('Only dead letters with this error code.'),
  column: text('Only failures in this column.'),
  constraint: text('Only violations of this constraint.'),
  group: text('Only dead letters of this group.'),
  since: text('Only failures since then, counted from the moment of the plan.'),
  'older-than': text('Only failures before then, counted from the moment of the plan.'),
  match: texts('Values that the payload must have.'),
  id: texts('Ids of dead letters.'),
  limit: Type.Optional(Type.Integer({minimum: 1, description: 'At most this many, oldest first.'})),
}

const rules = {
  'rename-key': texts('OLD=NEW: keys to rename in every record.'),
  'drop-key': texts('Keys to drop from every record.'),
  convert: texts('PATH:CONVERSION of values in every record.'),
  set: texts('PATH=VALUE to set in every record.'),
}

const replay = {
  ...filter,
  'only-passing': yes('Skip those that would fail again.'),
  strict: yes('Records with keys that match no column do not pass.'),
  'allow-special-values': yes('Accept now, infinity, NaN, 0x10 and the like.'),
  'max-bytes': Type.Integer({minimum: 2, description: 'Largest item in bytes.'}),
  rate: Type.Optional(Type.Integer({minimum: 1, description: 'At most this many items per second.'})),
  canary: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 1000,
      description: 'Replay this many first, and wait for their outcome.',
    }),
  ),
  'abort-on': Type.Optional(
    Type.Number({minimum: 0, maximum: 1, description: 'Abort if more than this share of the canary fails.'}),
  ),
  'canary-timeout': Type.Optional(
    Type.Number({minimum: 1, description: 'How long to wait for the canary, ms.'}),
  ),
}

/** The operations that can be planned, and what decides what they affect. */
export const INPUTS = {
  purge: closed({where: text('Filter of ready items; all if left out.')}, 'What is purged.'),
  'dlq purge': closed(filter, 'What is purged.'),
  'dlq edit': closed({...filter, ...rules}, 'What is edited, and how, by at least one rule.'),
  'dlq replay': closed(replay, 'What is replayed, and how.'),
}
export type PlannedAction = keyof typeof INPUTS

export const mapping = closed(
  {
    table: text('Table that was named.'),
    records: text('Path of the records in an envelope that was named.'),
    payload: Type.Optional(Type.Enum([...PAYLOAD_KINDS], {description: 'Job library that was named.'})),
    rename: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Record key to column, as far as it was given.',
      }),
    ),
    map: Type.Optional(
      Type.Record(Type.String(), Type.String(), {
        description: 'Column to where its value comes from, as far as it was given.',
      }),
    ),
    camelCase: Type.Optional(
      Type.Boolean({description: 'Whether deviceId gives device_id, if it was said.'}),
    ),
    time: Type.Optional(
      Type.Record(Type.String(), Type.Enum([...TIME_UNITS]), {
        description: 'Column to the unit of its epoch numbers, as far as it was given.',
      }),
    ),
    routes: Type.Optional(
      Type.Array(Type.String(), {
        description: 'Which records go into which table, if that was named in place of one table.',
      }),
    ),
  },
  'How records are read, where it was not left to the workers of the queue.',
)

const moment = closed(
  {
    ms: Type.Number({description: 'ms since 1970 by the clock of Redis.'}),
    leases: Type.Array(Type.String(), {
      description: 'Leases that workers held: their dead letters come in later, and are left alone.',
    }),
  },
  'When the plan was made. Ages are counted from here, and dead letters that came in later are left alone.',
)

const common = {
  qtool: Type.Literal(1, {description: 'Version of this format.'}),
  queue: Type.String({description: 'Name of the queue.'}),
  mapping,
  moment,
  affected: Type.Integer({minimum: 0, description: 'Items or dead letters that would be affected.'}),
  byReason: Type.Record(Type.String(), Type.Integer(), {
    description: 'The same by reason, for dead letters; empty for items.',
  }),
  fingerprint: Type.String({
    pattern: '^sha256:[0-9a-f]{64}$',
    description: 'SHA-256 over the score and the exact bytes of each of them, in order.',
  }),
  madeAt: Type.String({description: 'RFC 3339, by the clock of Redis.'}),
  madeBy: Type.String({description: 'The user and machine that made the plan, as user@host.'}),
}

const planOf = <A extends PlannedAction>(action: A) =>
  closed(
    {
      ...common,
      operation: Type.Literal(action, {description: 'What `qtool apply` runs.'}),
      input: INPUTS[action],
    },
    `Plan of qtool ${action}.`,
  )

export const PlanFile = Type.Union(
  [planOf('purge'), planOf('dlq purge'), planOf('dlq edit'), planOf('dlq replay')],
  {description: 'What `--plan FILE` writes and `qtool apply FILE` runs.'},
)
export type PlanFile = Static<typeof PlanFile>

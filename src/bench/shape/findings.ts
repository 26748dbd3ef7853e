import {type Static, Type} from 'typebox'

export const Check = Type.Object(
  {
    name: Type.String({description: 'What was checked: p99, errors, lost, backlog.'}),
    ok: Type.Boolean({description: 'Whether the condition was met.'}),
    text: Type.String({
      description: 'The measured value and the required one, with units: `p99 41.0 < 50 ms`.',
    }),
  },
  {description: 'A condition that the run had to meet.'},
)
export type Check = Static<typeof Check>

export const Comparison = Type.Object(
  {
    measure: Type.String({description: 'What was measured.'}),
    documented: Type.Number({description: 'The documented value.'}),
    measured: Type.Union([Type.Number(), Type.Null()], {
      description: 'The value measured here; null if not measured.',
    }),
    unit: Type.String({description: 'Unit of both.'}),
    moreIsBetter: Type.Boolean({description: 'Whether higher is better: true for a rate, false for a time.'}),
  },
  {description: 'A documented and a measured figure.'},
)
export type Comparison = Static<typeof Comparison>

export const Limit = Type.Object(
  {
    what: Type.String({
      description:
        'Its name: `generator`, `redis cpu`, `postgres pool`, `postgres writes`, `postgres locks`, `postgres cpu`, `machine cpu`, `round trip`, `workers`, `latency` (nothing is exhausted, but the SLO is missed), `none`.',
    }),
    evidence: Type.Array(Type.String({description: 'One observation.'}), {
      description: 'The evidence, most telling first.',
    }),
  },
  {description: 'The bottleneck.'},
)
export type Limit = Static<typeof Limit>

export const Ledger = Type.Object(
  {
    enqueued: Type.Integer({description: 'Records enqueued.', minimum: 0}),
    rows: Type.Integer({description: 'Rows written.', minimum: 0}),
    alreadyThere: Type.Integer({description: 'Records whose row already existed.', minimum: 0}),
    deadLetters: Type.Integer({description: 'Records that became dead letters.', minimum: 0}),
    leased: Type.Integer({description: 'Records leased by a worker.', minimum: 0}),
    ready: Type.Integer({description: 'Records ready in the queue.', minimum: 0}),
    lost: Type.Integer({description: 'Records that are in none of these places.', minimum: 0}),
    duplicated: Type.Integer({description: 'Extra copies of records.', minimum: 0}),
  },
  {
    description:
      'Counted in the servers: if no record is lost or duplicated, enqueued = rows + alreadyThere + deadLetters + leased + ready.',
  },
)
export type Ledger = Static<typeof Ledger>

import {type Static, Type} from 'typebox'

export const Agent = Type.Object(
  {
    agent: Type.Integer({description: 'Its number, from 1.', minimum: 1}),
    host: Type.String({description: 'Name of its host.'}),
    pid: Type.Integer({description: 'Id of its process.', minimum: 0}),
    offsetMs: Type.Union([Type.Number(), Type.Null()], {
      description:
        'How far the clock of its host was behind that of Redis, ms; its times were corrected by that. null if it gave no result.',
    }),
    uncertaintyMs: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'How far off the corrected times may be, ms: half of the shortest round trip to Redis.',
    }),
    sent: Type.Integer({description: 'Records that it sent after the warm-up.', minimum: 0}),
    lateMs: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'How late it noticed that a record was due, 99th percentile, ms; null if it sent none.',
    }),
    cpu: Type.Union([Type.Number({minimum: 0}), Type.Null()], {
      description: 'CPU of its process, percent of one core; null if not measured.',
    }),
    trouble: Type.Union([Type.String(), Type.Null()], {
      description: 'Why its figures are invalid; null if they are valid.',
    }),
  },
  {description: 'A process that sent a share of the load.'},
)
export type Agent = Static<typeof Agent>

import {Type} from 'typebox'
import {Nullable} from './nullable.ts'
import {outcomes} from './outcomes.ts'
import {JudgedList} from './queues.ts'

const Text = Type.String()
const Count = Type.Integer({minimum: 0})
const Level = Type.Enum(['ok', 'warning', 'critical'])

export const AdminHealth = Type.Object({
  status: Level,
  queues: Type.Array(Type.Object({queue: Text, level: Level, text: Text, reason: Text})),
})

export const AdminStats = Type.Object({
  queues: JudgedList.properties.queues,
  totals: Type.Object({queues: Count, ready: Count, leased: Count, deadLetters: Count}),
})

export const Replayed = Type.Object({
  queue: Text,
  dryRun: Type.Boolean({description: 'Nothing was done; the other figures say what would be.'}),
  matched: Count,
  replayed: Type.Integer({minimum: 0, description: 'Put back or, in a dry run, to be put back.'}),
  waiting: Type.Integer({minimum: 0, description: 'Skipped: an identical item is queued already.'}),
  failing: Count,
  unknown: Count,
  gone: Type.Integer({minimum: 0, description: 'Removed by someone else meanwhile.'}),
  later: Type.Integer({minimum: 0, description: 'Skipped: they arrived after this began.'}),
  canary: Type.Null(),
  aborted: Type.Boolean(),
  interrupted: Type.Boolean(),
  remaining: Type.Integer({minimum: 0, description: 'Dead letters of the queue afterwards.'}),
  seconds: Type.Number(),
  itemsPerSecond: Nullable(Type.Number()),
})

const Purged = Type.Object({
  queue: Text,
  matched: Count,
  purged: Count,
  trash: Nullable(Type.String({description: 'For `qtool undo`.'})),
  until: Type.Optional(Nullable(Text)),
  remaining: Type.Optional(Type.Integer({minimum: 0, description: 'Dead letters of the queue afterwards.'})),
})

export const Cleared = Type.Object({queue: Text, items: Purged, letters: Nullable(Purged)})

export const Cleaned = Type.Object({
  dryRun: Type.Boolean(),
  maxAgeHours: Type.Number(),
  queues: Type.Array(Purged),
  failed: Type.Array(Type.Object({queue: Text, message: Text}), {
    description: 'Queues that could not be cleaned.',
  }),
})

export const Processed = Type.Object({
  queue: Text,
  table: Text,
  ...outcomes,
  deadLettered: Count,
  empty: Count,
  paused: Type.Boolean(),
  notes: Type.Array(Text),
})

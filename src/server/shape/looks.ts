import {Type} from 'typebox'
import {Nullable} from './nullable.ts'
import {ServerState, SlowCommand} from './queues.ts'

const Text = Type.String()
const Count = Type.Integer({minimum: 0})
const Time = Type.String({description: 'RFC 3339.'})

export const AuditResult = Type.Object({
  lines: Type.Array(
    Type.Object({
      at: Time,
      endedAt: Nullable(Time),
      state: Type.Enum(['started', 'done', 'interrupted', 'failed']),
      who: Text,
      action: Text,
      queue: Text,
      profile: Nullable(Text),
      filter: Text,
      count: Nullable(Count),
    }),
  ),
})

export const TrashEntry = Type.Object({
  id: Text,
  kind: Type.Enum(['ready', 'dead', 'edit']),
  count: Count,
  at: Time,
  until: Time,
})

export const Candidates = Type.Object({
  candidates: Type.Array(
    Type.Object({
      text: Type.String({description: 'Takes the place of everything from `from` to the cursor.'}),
      from: Count,
      kind: Type.Enum(['field', 'operator', 'value', 'keyword']),
      summary: Type.Optional(Text),
    }),
  ),
})

export const TrashList = Type.Object({queue: Text, trash: Type.Array(TrashEntry)})

const Pool = Type.Object({inUse: Count, max: Count, waiting: Count})

const Guarantee = Type.Object(
  {
    redisDurability: Type.Enum(['always', 'everysec', 'kernel', 'snapshots', 'none', 'unknown']),
    failover: Type.Enum(['none', 'bounded', 'unbounded', 'unknown']),
    postgresDurability: Type.Enum(['synchronous', 'asynchronous', 'unsafe', 'unknown']),
    row: Type.String({description: 'How the servers keep their data.'}),
    sentence: Type.String({description: 'What can be lost.'}),
    losses: Type.Array(Type.Object({when: Text, lost: Text})),
  },
  {description: 'What can be lost when a server dies.'},
)

export const ServerView = Type.Object({
  version: Text,
  profile: Nullable(Type.Object({name: Text, mode: Text})),
  redis: ServerState,
  slowlog: Nullable(Type.Array(SlowCommand)),
  guarantee: Guarantee,
  answered: Type.Record(Text, Count, {description: 'Requests that this server has answered, by status.'}),
  pools: Type.Object({producers: Pool, postgres: Nullable(Pool)}),
})

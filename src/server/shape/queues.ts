import {Type} from 'typebox'
import {Nullable} from './nullable.ts'
import {outcomes} from './outcomes.ts'
import {ReadFrom} from './read-from.ts'

const Text = Type.String()
const Count = Type.Integer({minimum: 0})
const Figure = Type.Number()
const Time = Type.String({description: 'RFC 3339.'})
const Ms = Type.Number({minimum: 0, description: 'ms'})

const ReadyKey = Nullable(Type.String({description: 'Key of the ready items; null if it is queue:NAME.'}))

const MemoryUsage = Nullable(Type.Object({bytes: Count, isEstimate: Type.Boolean()}))

const Verdict = Type.Object(
  {
    level: Type.Enum(['ok', 'warning', 'critical']),
    text: Type.String({description: 'A few words.'}),
    reason: Type.String({description: 'Why, with its figures.'}),
  },
  {description: 'What somebody on call should know first.'},
)

const Forecast = Type.Union(
  [
    Type.Object({state: Type.Enum(['empty', 'stalled', 'paused', 'unknown'])}),
    Type.Object({state: Type.Literal('clears'), seconds: Figure, marginSeconds: Figure}),
    Type.Object({state: Type.Literal('grows'), perSecond: Figure}),
  ],
  {description: 'What will become of the items that wait; `marginSeconds` is for 90 % confidence.'},
)

const perSecond = Nullable(Type.Number({description: 'Records a second; null if unknown.'}))

export const Rates = Type.Object({in: perSecond, out: perSecond, deadLettered: perSecond})

const Row = Type.Object({
  queue: Text,
  engine: Nullable(Text),
  readyKey: ReadyKey,
  payload: Nullable(Text),
  shards: Nullable(Type.Integer({minimum: 1, description: 'Shards over which it is spread.'})),
  problem: Nullable(Type.String({description: 'Why its figures are missing, or not all there is.'})),
  ready: Nullable(Count),
  leased: Nullable(Count),
  overdueLeases: Nullable(Count),
  deadLetters: Nullable(Count),
  lastFailedAgoMs: Nullable(Ms),
  oldestMs: Nullable(Ms),
  paused: Nullable(Type.Boolean()),
  pauseEndsInMs: Nullable(Ms),
  workers: Nullable(Count),
  inPerSecond: perSecond,
  outPerSecond: perSecond,
  lastMinute: Nullable(
    Type.Object(
      {inPerSecond: Figure, outPerSecond: Figure, refusedPerSecond: Figure},
      {description: 'Records a second over the last minute; null if nobody has counted.'},
    ),
  ),
  recentReady: Type.Array(Type.Object({atMs: Ms, items: Count}), {
    description: 'Ready items at some moments of the last minute, ms since 1970, oldest first.',
  }),
  memory: Nullable(Type.Object({ready: MemoryUsage, deadLetters: MemoryUsage})),
  forecast: Forecast,
  verdict: Verdict,
})

export const JudgedList = Type.Object({
  queues: Type.Array(Row),
  ratesOverMs: Nullable(Ms),
  foreign: Type.Object({keys: Count, examples: Type.Array(Text)}),
  keys: Nullable(Count),
  readFrom: ReadFrom,
  unreachable: Type.Array(Text, {
    description:
      'Host and port of the nodes of a cluster that do not answer: their queues are missing or have no figures.',
  }),
})

const FailureTimes = Type.Object({
  firstFailedAt: Nullable(Time),
  lastFailedAt: Nullable(Time),
})

export const ServerState = Nullable(
  Type.Object({
    usedBytes: Count,
    peakBytes: Count,
    maxBytes: Type.Integer({description: 'The memory limit; 0 means none.'}),
    policy: Text,
    fragmentation: Figure,
    clients: Type.Object({connected: Count, blocked: Count, max: Count}),
  }),
)

export const SlowCommand = Type.Object({
  id: Type.Integer(),
  at: Time,
  micros: Count,
  command: Type.String({description: 'The command and its key; of a script of qtool, its name.'}),
})

const Worker = Type.Object({
  name: Type.String({description: '`host:pid:` and a few random characters.'}),
  host: Text,
  pid: Count,
  version: Nullable(Type.String({description: 'Version of its qtool; null if that does not say.'})),
  recordsPerSecond: Nullable(Figure),
  mapping: Nullable(
    Type.String({description: 'Its table and how records become rows; null if it does not say.'}),
  ),
  workers: Count,
  postgres: Text,
  redis: Text,
  seenAt: Figure,
})

const Spread = Type.Object(
  {
    shards: Count,
    shardBy: Nullable(Type.String({description: 'Field that decides; null for the whole item.'})),
    move: Nullable(
      Type.Object({to: Count, since: Text}, {description: 'A rebalance that has begun and not ended.'}),
    ),
    each: Type.Array(
      Type.Object({
        queue: Text,
        isRetired: Type.Boolean({description: 'Producers do not write to it any more.'}),
        ready: Count,
        leased: Count,
        deadLetters: Count,
      }),
      {description: "The queue's own name first, then its shards."},
    ),
  },
  {description: 'How a queue is spread over shards.'},
)

const Inspection = Type.Object({
  queue: Text,
  engine: Type.Enum(['zset', 'list', 'stream']),
  readyKey: ReadyKey,
  spread: Nullable(Spread),
  at: Time,
  ready: Count,
  leased: Count,
  isLeasedEstimate: Type.Boolean(),
  leases: Count,
  overdueLeases: Count,
  deadLetters: Count,
  paused: Type.Boolean(),
  pauseEndsInMs: Nullable(Ms),
  oldestMs: Nullable(Ms),
  workers: Type.Array(Worker),
  deadLettersByReason: Type.Record(Text, Type.Integer()),
  foreignDeadLetters: Count,
  timesByReason: Type.Record(Text, FailureTimes),
  foreignTimes: Nullable(FailureTimes),
  firstFailedAt: Nullable(Time),
  lastFailedAt: Nullable(Time),
  payload: Nullable(Text),
  looksLike: Nullable(Text),
  totals: Type.Object({
    enqueued: Count,
    ...outcomes,
    deadLettered: Count,
    empty: Count,
    trimmed: Count,
  }),
  memory: Type.Object({ready: MemoryUsage, deadLetters: MemoryUsage}),
  server: ServerState,
  slowlog: Nullable(Type.Array(SlowCommand)),
  warnings: Type.Array(Text),
  verified: Type.Null(),
  readFrom: ReadFrom,
})

export const Observation = Type.Object({
  inspection: Inspection,
  rates: Rates,
  recordsPerItem: Nullable(Figure),
  busyWorkers: Nullable(Figure),
  forecast: Forecast,
  verdict: Verdict,
})

export const PauseState = Type.Object({queue: Text, paused: Type.Boolean(), endsInMs: Nullable(Ms)})

export const Scale = Type.Object({
  queue: Text,
  backlog: Count,
  inFlight: Count,
  arrivalRate: perSecond,
  perWorkerRate: perSecond,
  drainSeconds: Nullable(Figure),
  wantedWorkers: Count,
})

import {type Static, type TSchema, Type} from 'typebox'
import {type Facts, FORMAT, KIND} from './facts.ts'
import type {PostgresFacts} from './postgres/facts.ts'

const number = Type.Number()
const text = Type.String()
const yes = Type.Boolean()
const orNull = <T extends TSchema>(shape: T) => Type.Union([shape, Type.Null()])
const texts = Type.Record(Type.String(), text)

const link = Type.Object({
  samples: number,
  p50Ms: number,
  p95Ms: number,
  maxMs: number,
  aheadMs: number,
  marginMs: number,
})

const host = Type.Object({
  name: text,
  platform: text,
  node: text,
  cpus: number,
  memoryBytes: number,
  hugePages: orNull(text),
  overcommit: orNull(number),
  clockSource: orNull(text),
})

const group = Type.Object({
  stream: text,
  group: text,
  consumers: number,
  pending: number,
  lag: orNull(number),
  idleMs: orNull(number),
  oldestPendingMs: orNull(number),
})

const successor = Type.Object({address: text, fault: orNull(text)})

const cluster = Type.Object({
  state: text,
  slotsAssigned: number,
  slotsFail: number,
  slotsPfail: number,
  knownNodes: number,
  silentNodes: Type.Optional(Type.Array(text)),
  primaries: Type.Optional(
    Type.Array(Type.Object({address: text, isMyself: yes, replicas: Type.Array(successor)})),
  ),
  openSlots: number,
})

const sentinel = Type.Object({
  name: text,
  named: number,
  answering: number,
  known: number,
  quorum: number,
  complaint: orNull(text),
  downAfterMs: number,
  replicas: Type.Optional(orNull(Type.Array(successor))),
})

const redis = Type.Object({
  server: text,
  isLocal: yes,
  link,
  info: orNull(texts),
  config: orNull(texts),
  change: orNull(Type.Object({overMs: number, cpuMs: number, usedBytes: number, replicatedBytes: number})),
  clients: orNull(Type.Array(Type.Object({name: text, count: number, outputBytes: number}))),
  slowlog: orNull(
    Type.Array(
      Type.Object({at: text, micros: number, command: text, script: orNull(text), key: orNull(text)}),
    ),
  ),
  groups: orNull(Type.Array(group)),
  cluster: orNull(cluster),
})

const spread = Type.Object({
  shards: number,
  shardBy: orNull(text),
  move: orNull(Type.Object({to: number, since: text})),
  each: Type.Array(
    Type.Object({queue: text, isRetired: yes, ready: number, leased: number, deadLetters: number}),
  ),
})

const queue = Type.Object({
  queue: text,
  exists: yes,
  at: text,
  ready: number,
  leased: number,
  leases: number,
  overdueLeases: number,
  deadLetters: number,
  paused: yes,
  pauseEndsInMs: orNull(number),
  oldestMs: orNull(number),
  // Bundles of earlier releases have none
  spread: Type.Optional(orNull(spread)),
  pausedSince: orNull(text),
  workers: Type.Array(Type.Object({name: text, workers: number, postgres: text, redis: text})),
  isMiscounted: yes,
  oldTrash: number,
  table: orNull(text),
  sample: orNull(Type.Object({items: number, largest: number})),
  change: Type.Object({
    overMs: number,
    ready: number,
    enqueued: number,
    worked: number,
    deadLettered: number,
  }),
})

/** What was not read has a reason; the checks know what each part holds. */
const part = Type.Object({
  value: Type.Union([Type.Object({}), Type.Array(Type.Object({})), Type.Null()]),
  reason: Type.Optional(text),
})

const postgres = Type.Unsafe<PostgresFacts>(
  Type.Object({
    server: Type.Object({version: text, major: number, database: text, role: text, settings: texts}),
    connections: part,
    sessions: part,
    activity: part,
    checkpoints: part,
    standbys: part,
    transactionIds: part,
    ledger: part,
    sink: Type.Object({
      table: part,
      blockers: part,
      keys: part,
      storage: part,
      sequences: part,
      setWise: part,
    }),
  }),
)

const kinds = ['refused', 'down', 'broken', 'absent'] as const

/** The form of a bundle. It may hold more than that, as a newer qtool may write. */
export const FactsShape = Type.Object({
  kind: Type.Literal(KIND),
  format: Type.Literal(FORMAT),
  madeAt: text,
  qtool: Type.Object({version: text, queue: text, redisMaxConnections: number}),
  host,
  redis: orNull(redis),
  sentinel: orNull(sentinel),
  queue: orNull(queue),
  postgres: orNull(postgres),
  postgresLink: orNull(link),
  unread: Type.Record(
    Type.String(),
    Type.Object({kind: Type.Union(kinds.map((kind) => Type.Literal(kind))), reason: text, fix: text}),
  ),
})

/** Fails to compile if a bundle would not be what the checks judge. */
export type BundledFacts = Static<typeof FactsShape> extends Facts ? Facts : never

import {randomUUID} from 'node:crypto'
import {Redis, type RedisOptions} from 'ioredis'
import pg from 'pg'
import {afterAll, beforeAll, inject} from 'vitest'
import {composeQueue} from '../../src/queue/compose-queue.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import {openQueue} from '../../src/queue/open.ts'
import {ZSET} from '../../src/queue/zset/zset.ts'
import {type QueueKeys, queueKeys, singleKeys} from '../../src/redis/keys.ts'
import {clientFor, layoutOf} from '../../src/redis/route.ts'
import {SAMPLE_TABLES} from '../../src/sample/sample.ts'
import {AppliedLeases} from '../../src/sink/ledger/ledger.ts'
import {openSink, type Sink, type SinkOptions} from '../../src/sink/sink.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {drain} from '../../src/worker/drain.ts'
import type {WorkerObserver} from '../../src/worker/observer.ts'
import {NO_FUSE, type Policy, USUAL} from '../../src/worker/policy.ts'
import {emptyTally, keepTally, type Tally} from '../../src/worker/tally.ts'

/** How the tests of a file reach the Redis that holds their queues. */
export interface Reach {
  connect(): Promise<Redis>
  /** A queue that this client reaches, and nobody else uses. */
  newName(): string
  /** The port of the server, for a proxy in front of it. */
  port(): number
  /** Another client, which reaches the server through a proxy; it reports no errors. */
  through(proxyPort: number, options: RedisOptions): Redis
}

/** The Redis that was started for the whole run. */
const SHARED: Reach = {
  connect: async () => new Redis(inject('redisUrl')),
  newName: () => `test-${randomUUID()}`,
  port: () => Number(new URL(inject('redisUrl')).port),
  through(port, options) {
    const url = Object.assign(new URL(inject('redisUrl')), {port: String(port)}).href
    return new Redis(url, options).on('error', () => {})
  },
}

/** Clients and names that belong to one test file. */
export interface TestContext {
  redis: Redis
  reach: Reach
  pool: pg.Pool
  /** The file's own schema, the first on the search path of `pool`. */
  schema: string
  /** A queue nobody else uses. */
  newQueue(): {queue: string; keys: QueueKeys; engine: QueueEngine}
}

/** Connects a test file to the servers, and removes at its end what it made. */
export function useServers(reach: Reach = SHARED): TestContext {
  const schema = `t_${randomUUID().replaceAll('-', '')}`
  const queues: QueueKeys[] = []
  const context = {
    schema,
    reach,
    newQueue() {
      const queue = reach.newName()
      const keys = queueKeys(queue, layoutOf(context.redis))
      queues.push(keys)
      return {queue, keys, engine: composeQueue({redis: context.redis, name: queue, keys, engine: ZSET})}
    },
  } as TestContext
  beforeAll(async () => {
    context.redis = await reach.connect()
    context.pool = new pg.Pool({
      connectionString: inject('databaseUrl'),
      max: 20,
      options: `-c search_path=${schema} -c TimeZone=UTC`,
    })
    await context.pool.query(`CREATE SCHEMA ${schema}`)
  })
  afterAll(async () => {
    for (const keys of queues) {
      const redis = await clientFor(context.redis, keys.ready)
      const leases = await redis.zrange(keys.leases, '0', '-1')
      await redis.del(
        ...singleKeys(keys),
        ...(await redis.hkeys(keys.trash)).map(keys.trashed),
        ...leases.map(keys.lease),
      )
    }
    await context.pool.query(`DROP SCHEMA ${schema} CASCADE`)
    await context.pool.end()
    context.redis.disconnect()
  })
  return context
}

export async function withClient<T>(
  context: TestContext,
  use: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const client = await context.pool.connect()
  return use(client).finally(() => client.release())
}

/** The sample tables in the schema of the context, with some flights. */
export async function makeSampleTables(context: TestContext, flights: string[]): Promise<void> {
  await context.pool.query(SAMPLE_TABLES)
  await context.pool.query(`INSERT INTO flights (id, flight_id) SELECT id, 'F' FROM unnest($1::uuid[]) id`, [
    flights,
  ])
}

/** How a table is written into if a test says nothing else. */
export const USUAL_SINK = {
  rename: {},
  records: 'points',
  strict: false,
  allowSpecialValues: false,
  foreignKeys: 'auto',
} as const

export async function testSink(
  context: TestContext,
  table: string,
  options: Partial<SinkOptions> = {},
): Promise<Sink> {
  return withClient(context, (client) =>
    openSink(client, {
      table: `${context.schema}.${table}`,
      ...USUAL_SINK,
      ...options,
    }),
  )
}

/** Puts texts into a queue as another producer would: plain scores and no checks. */
export async function push(
  context: TestContext,
  keys: QueueKeys,
  items: Array<string | Buffer>,
): Promise<void> {
  for (const [i, item] of items.entries()) await context.redis.zadd(keys.ready, i, item)
}

/** What a test sets of a drain; the rest is as usual. */
export interface DrainSettings extends Partial<Policy> {
  ledger?: AppliedLeases | undefined
  signal?: AbortSignal
  observers?: WorkerObserver[]
}

/** Drains a queue until it is empty. */
export async function drainAll(
  context: TestContext,
  sink: Sink | Sinks,
  at: {queue: string; keys: QueueKeys},
  options: DrainSettings = {},
): Promise<Tally> {
  const tally = emptyTally()
  const {ledger, signal, observers, ...policy} = {
    ledger: new AppliedLeases(),
    signal: new AbortController().signal,
    observers: [],
    ...options,
  }
  const queue = await openQueue(context.redis, {name: at.queue})
  const target = {queue, sinks: sink instanceof Sinks ? sink : new Sinks([sink]), ledger}
  await drain(context, target, {
    // Most tests are about bad records
    policy: {...USUAL, fuse: NO_FUSE, openingMs: 0, workers: 3, batch: 500, untilEmpty: true, ...policy},
    signal,
    observers: [keepTally(tally), ...observers],
  })
  return tally
}

/** The dead letters of a queue, parsed. */
export async function deadLetters(
  context: TestContext,
  keys: QueueKeys,
): Promise<Array<Record<string, unknown>>> {
  const members = await context.redis.zrange(keys.dead, '0', '-1')
  return members.map((member) => JSON.parse(member))
}

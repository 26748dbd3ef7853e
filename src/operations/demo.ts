import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {Settings} from '../config/settings.ts'
import {load} from '../producer/load.ts'
import {emptyResult} from '../producer/load-options.ts'
import type {Report} from '../progress/stage.ts'
import type {QueueEngine} from '../queue/engine.ts'
import {DEMO_SCHEMA} from '../sample/demo-schema.ts'
import {demoSource} from '../sample/demo-source.ts'
import {registerFlights} from '../sample/flights.ts'
import {resetSchema} from '../sample/own-schema.ts'
import {drainStage} from '../worker/drain-stage.ts'
import {USUAL} from '../worker/policy.ts'
import {runWork} from '../worker/run-work.ts'
import type {Caller} from './context.ts'
import {readyDemoQueue} from './demo-queue.ts'

/** The demo uses a queue and a schema of its own, which it recreates each time. */
const DEMO_QUEUE = 'qtool_demo'

interface DemoOptions {
  settings: Settings
  records: number
  bad: number
  workers: number
  signal: AbortSignal
  report: Report
}

export interface DemoResult {
  queue: string
  read: number
  enqueued: number
  duplicates: number
  rejected: number
  /** Counted in Postgres and Redis, not taken from the workers' own account. */
  rows: number
  alreadyThere: number
  deadLetters: number
  leased: number
  ready: number
  /** enqueued = rows + already there + dead letters + leased + ready. */
  conserved: boolean
  deadLettersByReason: Record<string, number>
  enqueueSeconds: number
  drainSeconds: number
  itemsPerSecond: number
  recordsPerSecond: number
  workers: number
  /** One example for each reason and code. */
  examples: Array<{reason: string; code: string | null; message: string | null}>
}

/** What the demo is given by whoever asked for it. */
export interface DemoCaller extends Pick<Caller, 'actor' | 'signal' | 'withPostgres'> {
  settings: Settings
  withRedis<R>(use: (redis: Redis) => Promise<R>): Promise<R>
}

/** Runs the main job once, and counts to prove that nothing was lost. */
export async function demo(
  caller: DemoCaller,
  input: Pick<DemoOptions, 'records' | 'bad' | 'workers' | 'report'>,
): Promise<DemoResult> {
  const {actor, settings, signal} = caller
  actor.assertMayWrite()
  return caller.withRedis((redis) =>
    caller.withPostgres({max: input.workers + 1}, (pool) =>
      runDemo(redis, pool, {...input, settings, signal}),
    ),
  )
}

async function runDemo(redis: Redis, pool: Pool, options: DemoOptions): Promise<DemoResult> {
  const queue = await readyDemoQueue(redis, DEMO_QUEUE)
  options.report({doing: 'creating the demo tables'})
  const client = await pool.connect()
  await resetSchema(client, DEMO_SCHEMA).finally(() => client.release())
  const loaded = await enqueue(queue, pool, options)
  const {settings} = options
  const work = await runWork(redis, pool, {
    settings: {
      ...settings,
      queue: {value: DEMO_QUEUE, source: 'default'},
      said: {},
      conflict: {},
      table: {value: `${DEMO_SCHEMA.name}.live_track_points`, source: 'default'},
    },
    policy: {...USUAL, workers: options.workers, batch: 2000, untilEmpty: true},
    sink: {foreignKeys: 'auto', strict: false, allowSpecialValues: false, maxItemBytes: 1_048_576},
    signal: options.signal,
    tell: () => {},
    onProgress: (progress) => options.report(drainStage(progress)),
  })
  const counted = await countAll(queue, pool)
  const total = counted.rows + work.alreadyThere + counted.deadLetters + counted.leased + counted.ready
  return {
    queue: DEMO_QUEUE,
    read: loaded.read,
    enqueued: loaded.enqueued,
    duplicates: loaded.duplicates,
    rejected: loaded.rejected,
    ...counted,
    alreadyThere: work.alreadyThere,
    conserved:
      total === loaded.enqueued && loaded.read === loaded.enqueued + loaded.duplicates + loaded.rejected,
    enqueueSeconds: loaded.seconds,
    drainSeconds: work.seconds,
    itemsPerSecond: loaded.enqueued / loaded.seconds,
    recordsPerSecond: work.recordsPerSecond,
    workers: options.workers,
  }
}

async function enqueue(queue: QueueEngine, pool: Pool, options: DemoOptions) {
  const result = emptyResult()
  const started = performance.now()
  await load(
    queue,
    demoSource(options.records, options.bad),
    {
      mode: 'batch',
      batch: 1000,
      priority: 0,
      records: 'points',
      keepDuplicates: false,
      signal: options.signal,
      onFlights: async (flights) => {
        await registerFlights(pool, flights, `${DEMO_SCHEMA.name}.flights`)
      },
      onReject: () => {},
      onProgress: ({read}) =>
        options.report({doing: 'enqueueing', unit: 'record', done: read, total: options.records}),
    },
    result,
  )
  return {...result, seconds: (performance.now() - started) / 1000}
}

/** Counts rows, items and letters in both servers. */
async function countAll(queue: QueueEngine, pool: Pool) {
  const {rows} = await pool.query<{n: string}>(
    `SELECT count(*) AS n FROM ${DEMO_SCHEMA.name}.live_track_points`,
  )
  const {leased, ready} = await queue.countItems()
  const letters = await queue.letters.survey({show: 10_000})
  const examples = new Map(letters.items.map((letter) => [`${letter.reason} ${letter.code}`, letter]))
  return {
    rows: Number(rows[0].n),
    deadLetters: letters.deadLetters,
    deadLettersByReason: letters.deadLettersByReason,
    leased,
    ready,
    examples: [...examples.values()].map(({reason, code, message}) => ({reason, code, message})),
  }
}

import {readFileSync} from 'node:fs'
import pg from 'pg'
import {BatchedInserts} from './batched-inserts.ts'
import type {Bench} from './bench-servers.ts'
import {perMillion} from './cpu.ts'
import {CSV_COLUMNS, clean, type DataFiles} from './data.ts'
import {expectRows, type Figure, type Figures, SAMPLE} from './rounds.ts'

const INSERT = `INSERT INTO ${SAMPLE} (${CSV_COLUMNS}) SELECT ${CSV_COLUMNS}
FROM jsonb_populate_recordset(NULL::${SAMPLE}, $1::jsonb) ON CONFLICT DO NOTHING`

type Point = Record<string, unknown>

function readPoints(data: DataFiles): Point[] {
  return readFileSync(data.ndjson, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Measures a peer that handles `records` records inside this process. */
async function inHere(bench: Bench, records: number, work: () => Promise<void>): Promise<Figure> {
  const started = performance.now()
  const {cpu} = await bench.cpu.measure('this process', work)
  return {rate: (records * 1000) / (performance.now() - started), cpu: perMillion(cpu, records)}
}

/** Jobs of BullMQ that run at the same time, so that they can be written together. */
const AT_ONCE = 1000

/** BullMQ: addBulk in chunks of 1,000; a Worker whose jobs are written in batches of 500. */
export async function bullmqRound(bench: Bench, data: DataFiles): Promise<Figures> {
  const {Queue, Worker} = await import('bullmq')
  await clean(bench)
  const points = readPoints(data)
  const {hostname, port, password} = new URL(bench.redisUrl)
  const connection = {host: hostname, port: Number(port), password, maxRetriesPerRequest: null}
  const queue = new Queue('bench-bullmq', {connection})
  await queue.waitUntilReady()
  const enqueue = await inHere(bench, points.length, async () => {
    for (let i = 0; i < points.length; i += 1000) {
      const jobs = points
        .slice(i, i + 1000)
        .map((point) => ({name: 'point', data: point, opts: {removeOnComplete: true}}))
      await queue.addBulk(jobs)
    }
  })
  const pool = new pg.Pool({connectionString: bench.databaseUrl, max: 10})
  const inserts = new BatchedInserts(pool, INSERT)
  const drain = await inHere(bench, points.length, () => {
    let left = points.length
    return new Promise<void>((resolve, reject) => {
      const worker = new Worker('bench-bullmq', (job) => inserts.add(job.data), {
        connection,
        concurrency: AT_ONCE,
      })
      worker.on('failed', (_job, error) => reject(error))
      worker.on('completed', () => {
        if (--left === 0) worker.close().then(resolve, reject)
      })
    })
  })
  await expectRows(bench, SAMPLE, points.length)
  await pool.end()
  await queue.obliterate({force: true})
  await queue.close()
  return {'BullMQ addBulk': enqueue, 'BullMQ Worker, batches of 500': drain}
}

/** Jobs of graphile-worker that run at the same time; each waits for a batch as those of BullMQ do. */
const GRAPHILE_AT_ONCE = 500

/** graphile-worker: addJobs in chunks of 1,000; jobs fetched by 500, written together, and completed in batches. */
export async function graphileRound(bench: Bench, data: DataFiles): Promise<Figures> {
  const {Logger, makeWorkerUtils, runOnce} = await import('graphile-worker')
  // One log line per job would slow it down
  const logger = new Logger(() => () => {})
  await clean(bench)
  const points = readPoints(data)
  const utils = await makeWorkerUtils({
    connectionString: bench.databaseUrl,
    preset: {worker: {schema: 'bench_graphile'}},
    logger,
  })
  await utils.migrate()
  const enqueue = await inHere(bench, points.length, async () => {
    for (let i = 0; i < points.length; i += 1000) {
      await utils.addJobs(points.slice(i, i + 1000).map((payload) => ({identifier: 'point', payload})))
    }
  })
  const pool = new pg.Pool({connectionString: bench.databaseUrl, max: 10})
  const inserts = new BatchedInserts(pool, INSERT)
  const worker = {
    schema: 'bench_graphile',
    concurrentJobs: GRAPHILE_AT_ONCE,
    maxPoolSize: 12,
    localQueue: {size: GRAPHILE_AT_ONCE},
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  }
  const drain = await inHere(bench, points.length, () =>
    runOnce({
      connectionString: bench.databaseUrl,
      preset: {worker},
      noHandleSignals: true,
      logger,
      taskList: {point: (payload) => inserts.add(payload)},
    }),
  )
  await expectRows(bench, SAMPLE, points.length)
  await pool.end()
  await utils.release()
  await bench.pool.query('DROP SCHEMA bench_graphile CASCADE')
  return {'graphile-worker addJobs': enqueue, 'graphile-worker, batches of 500': drain}
}

import {readFileSync} from 'node:fs'
import pg from 'pg'
import type {Bench} from './bench-servers.ts'
import {perMillion} from './cpu.ts'
import {clean, type DataFiles} from './data.ts'
import type {Figure, Figures} from './rounds.ts'

const INSERT = `INSERT INTO live_track_points (flight_uuid, flight_id, datetime, lat, lon, elevation)
VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`

interface Point {
  flight_uuid: string
  flight_id: string
  datetime: string
  lat: number
  lon: number
  elevation: number
}

const values = (point: Point) => [
  point.flight_uuid,
  point.flight_id,
  point.datetime,
  point.lat,
  point.lon,
  point.elevation,
]

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

/** BullMQ: addBulk in chunks of 1,000; a Worker with concurrency 10 that inserts each job with pg. */
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
  const drain = await inHere(bench, points.length, () => {
    let left = points.length
    return new Promise<void>((resolve, reject) => {
      const worker = new Worker(
        'bench-bullmq',
        async (job) => void (await pool.query(INSERT, values(job.data))),
        {connection, concurrency: 10},
      )
      worker.on('failed', (_job, error) => reject(error))
      worker.on('completed', () => {
        if (--left === 0) worker.close().then(resolve, reject)
      })
    })
  })
  await pool.end()
  await queue.obliterate({force: true})
  await queue.close()
  return {'BullMQ addBulk': enqueue, 'BullMQ Worker, concurrency 10': drain}
}

/** graphile-worker: addJobs in chunks of 1,000; concurrency 10, local queue, batched completion. */
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
  const worker = {
    schema: 'bench_graphile',
    concurrentJobs: 10,
    maxPoolSize: 12,
    localQueue: {size: 500},
    completeJobBatchDelay: 0,
    failJobBatchDelay: 0,
  }
  const drain = await inHere(bench, points.length, () =>
    runOnce({
      connectionString: bench.databaseUrl,
      preset: {worker},
      noHandleSignals: true,
      logger,
      taskList: {
        point: async (payload) => {
          await pool.query(INSERT, values(payload as Point))
        },
      },
    }),
  )
  await pool.end()
  await utils.release()
  await bench.pool.query('DROP SCHEMA bench_graphile CASCADE')
  return {'graphile-worker addJobs': enqueue, 'graphile-worker, concurrency 10': drain}
}

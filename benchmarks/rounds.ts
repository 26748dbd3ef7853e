import {queueKeys} from '../src/redis/keys.ts'
import type {Bench} from './bench-servers.ts'
import {CSV_COLUMNS, clean, type DataFiles, makeData} from './data.ts'
import {writePath} from './enqueue-path.ts'
import {runProcess} from './measure.ts'

/** Rates of one round, records per second; NaN where the peer is not to be had. */
export type Rates = Record<string, number>

const QUEUE = 'bench'
const READY = queueKeys(QUEUE).ready

/** redis-benchmark against `qtool enqueue` and its write path, on items of the same size. */
export async function enqueueRound(bench: Bench, data: DataFiles): Promise<Rates> {
  await clean(bench, QUEUE)
  const peer = await redisBenchmark(bench, data)
  await bench.redis.del('bench:peer')
  const run = await bench.qtool('enqueue', data.ndjson, '-q', QUEUE)
  await expectCount(await bench.redis.zcard(READY), data.count)
  await bench.redis.del(READY)
  const path = await writePath(bench.redisUrl, QUEUE, data.ndjson)
  await bench.redis.del(READY)
  return {
    'redis-benchmark -P 1000': peer,
    'enqueue, whole command': data.count / run.seconds,
    'enqueue, write path': path,
  }
}

async function redisBenchmark(bench: Bench, data: DataFiles): Promise<number> {
  if (!bench.redisBenchmark) return Number.NaN
  const {hostname, port, password} = new URL(bench.redisUrl)
  const size = Math.round((await import('node:fs')).statSync(data.ndjson).size / data.count) - 1
  const member = `__rand_int__${'x'.repeat(size - 12)}`
  const args = [
    '-h',
    hostname,
    '-p',
    port,
    '-a',
    password,
    '-c',
    '1',
    '-P',
    '1000',
    '-n',
    String(data.count),
    '-r',
    '1000000000',
    '--csv',
  ]
  const {command, env} = bench.redisBenchmark
  const {stdout} = await runProcess(command, [...args, 'ZADD', 'bench:peer', '__rand_int__', member], env)
  const rate = Number(/^"ZADD[^"]*","([\d.]+)"/m.exec(stdout)?.[1])
  if (!(rate > 0)) throw new Error(`redis-benchmark printed no rate: ${stdout}`)
  return rate
}

/** psql with one and with two streams against `qtool work`, into the same table. */
export async function drainRound(bench: Bench, data: DataFiles): Promise<Rates> {
  await clean(bench, QUEUE)
  const one = await copy(bench, [data.csv], data.count)
  await clean(bench, QUEUE)
  await bench.qtool('enqueue', data.ndjson, '-q', QUEUE)
  const work = await bench.qtool('work', '-q', QUEUE, '--workers', '10', '--until-empty', '--json')
  await expectRows(bench, data.count)
  await clean(bench, QUEUE)
  const two = await copy(bench, data.halves, data.count)
  return {
    'psql \\copy, 1 stream': one,
    'work, whole command': data.count / work.seconds,
    'psql \\copy, 2 streams': two,
  }
}

async function copy(bench: Bench, files: string[], count: number): Promise<number> {
  const {psql} = bench
  if (!psql) return Number.NaN
  const started = performance.now()
  await Promise.all(
    files.map((file) =>
      runProcess(
        psql,
        [bench.databaseUrl, '-qc', `\\copy live_track_points(${CSV_COLUMNS}) from '${file}' csv`],
        process.env,
      ),
    ),
  )
  const seconds = (performance.now() - started) / 1000
  await expectRows(bench, count)
  return count / seconds
}

/** The same number of records, of which one in ten must be refused. */
export async function badRound(bench: Bench, count: number, seed: number): Promise<Rates> {
  const rates: Rates = {}
  for (const invalid of ['0%', '10%']) {
    await clean(bench, QUEUE)
    await bench.qtool(
      'enqueue',
      '--count',
      String(count),
      '--seed',
      String(seed),
      '--invalid',
      invalid,
      '-q',
      QUEUE,
    )
    const work = await bench.qtool('work', '-q', QUEUE, '--workers', '10', '--until-empty')
    await expectRows(bench, invalid === '0%' ? count : count * 0.9)
    rates[`work, ${invalid} bad`] = count / work.seconds
  }
  return rates
}

/** A small and a large queue: rate of the drain itself, and memory of the worker. */
export async function scaleRound(
  bench: Bench,
  counts: number[],
  seed: number,
): Promise<{rates: Rates; rssMiB: Rates}> {
  const rates: Rates = {}
  const rssMiB: Rates = {}
  for (const count of counts) {
    await clean(bench, QUEUE)
    await bench.qtool('enqueue', '--count', String(count), '--seed', String(seed), '-q', QUEUE)
    const work = await bench.qtool('work', '-q', QUEUE, '--workers', '10', '--until-empty', '--json')
    await expectRows(bench, count)
    rates[`work, ${count} records`] = JSON.parse(work.stdout).recordsPerSecond
    rssMiB[`work, ${count} records`] = work.rssMiB
  }
  await clean(bench, QUEUE)
  return {rates, rssMiB}
}

/** The same 20,000 records through qtool, as its own account says: process start left out, as with the peers. */
export async function smallRound(bench: Bench, count: number): Promise<Rates> {
  const data = await makeData(bench, count, 77)
  await clean(bench, QUEUE)
  const enqueue = await bench.qtool('enqueue', data.ndjson, '-q', QUEUE, '--json')
  const work = await bench.qtool('work', '-q', QUEUE, '--workers', '10', '--until-empty', '--json')
  await expectRows(bench, count)
  return {
    'qtool enqueue': count / JSON.parse(enqueue.stdout).seconds,
    'qtool work': count / JSON.parse(work.stdout).seconds,
  }
}

async function expectRows(bench: Bench, wanted: number): Promise<void> {
  const {rows} = await bench.pool.query<{n: string}>('SELECT count(*) AS n FROM live_track_points')
  await expectCount(Number(rows[0].n), wanted)
}

async function expectCount(found: number, wanted: number): Promise<void> {
  if (found !== wanted)
    throw new Error(`expected ${wanted} records, found ${found}: this figure would be a lie`)
}

import {queueKeys} from '../src/redis/keys.ts'
import type {Bench} from './bench-servers.ts'
import {type CpuSeconds, perMillion} from './cpu.ts'
import {CSV_COLUMNS, clean, type DataFiles, makeData} from './data.ts'
import {writePath} from './enqueue-path.ts'
import {type ProcessRun, runProcess} from './measure.ts'

/** The figures of one measurement. */
export interface Figure {
  /** Records per second; NaN if the peer is not installed. */
  rate: number
  /** CPU seconds per million records; undefined if the peer is not installed. */
  cpu?: CpuSeconds
}

/** Figures of one round, by the name of the measurement. */
export type Figures = Record<string, Figure>

const ABSENT: Figure = {rate: Number.NaN}

const QUEUE = 'bench'
const READY = queueKeys(QUEUE).ready

/** redis-benchmark against `qtool enqueue` and its write path, on items of the same size. */
export async function enqueueRound(bench: Bench, data: DataFiles): Promise<Figures> {
  await clean(bench)
  const peer = await redisBenchmark(bench, data)
  await bench.redis.del('bench:peer')
  const command = await wholeCommand(bench, data.count, () =>
    bench.qtool('enqueue', data.ndjson, '-q', QUEUE),
  )
  await expectCount(await bench.redis.zcard(READY), data.count)
  await bench.redis.del(READY)
  const path = await bench.cpu.measure('this process', () => writePath(bench.redisUrl, QUEUE, data.ndjson))
  await bench.redis.del(READY)
  return {
    'redis-benchmark -P 1000': peer,
    'enqueue, whole command': command,
    'enqueue, write path': {rate: path.result, cpu: perMillion(path.cpu, data.count)},
  }
}

/** Measures a command from its start to its end. */
async function wholeCommand(
  bench: Bench,
  records: number,
  run: () => Promise<ProcessRun>,
): Promise<Figure & {run: ProcessRun}> {
  const {result, cpu} = await bench.cpu.measure('commands', run)
  return {run: result, rate: records / result.seconds, cpu: perMillion(cpu, records)}
}

async function redisBenchmark(bench: Bench, data: DataFiles): Promise<Figure> {
  if (!bench.redisBenchmark) return ABSENT
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
  const {run, cpu} = await wholeCommand(bench, data.count, () =>
    runProcess(command, [...args, 'ZADD', 'bench:peer', '__rand_int__', member], env),
  )
  const rate = Number(/^"ZADD[^"]*","([\d.]+)"/m.exec(run.stdout)?.[1])
  if (!(rate > 0)) throw new Error(`redis-benchmark printed no rate: ${run.stdout}`)
  return {rate, cpu}
}

/** psql with one and with two streams against `qtool work`, into the same table. */
export async function drainRound(bench: Bench, data: DataFiles): Promise<Figures> {
  await clean(bench)
  const one = await copy(bench, [data.csv], data.count)
  await clean(bench)
  await bench.qtool('enqueue', data.ndjson, '-q', QUEUE)
  const work = await drain(bench, data.count)
  await expectRows(bench, data.count)
  await clean(bench)
  const two = await copy(bench, data.halves, data.count)
  return {
    'psql \\copy, 1 stream': one,
    'work, whole command': work,
    'psql \\copy, 2 streams': two,
  }
}

function drain(bench: Bench, count: number): Promise<Figure & {run: ProcessRun}> {
  return wholeCommand(bench, count, () =>
    bench.qtool('work', '-q', QUEUE, '--workers', '10', '--until-empty', '--json'),
  )
}

async function copy(bench: Bench, files: string[], count: number): Promise<Figure> {
  const {psql} = bench
  if (!psql) return ABSENT
  const into = (file: string) => `\\copy live_track_points(${CSV_COLUMNS}) from '${file}' csv`
  const {result, cpu} = await bench.cpu.measure('commands', async () => {
    const started = performance.now()
    await Promise.all(
      files.map((file) => runProcess(psql, [bench.databaseUrl, '-qc', into(file)], process.env)),
    )
    return (performance.now() - started) / 1000
  })
  await expectRows(bench, count)
  return {rate: count / result, cpu: perMillion(cpu, count)}
}

/** Drains the same number of records twice: all of them valid, and one in ten to be refused. */
export async function badRound(bench: Bench, count: number, seed: number): Promise<Figures> {
  const figures: Figures = {}
  for (const invalid of ['0%', '10%']) {
    await clean(bench)
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
    figures[`work, ${invalid} bad`] = await drain(bench, count)
    await expectRows(bench, invalid === '0%' ? count : count * 0.9)
  }
  return figures
}

/** Drains queues of several sizes: the rate without the start of the process, and the memory of the worker. */
export async function scaleRound(
  bench: Bench,
  counts: number[],
  seed: number,
): Promise<{figures: Figures; rssMiB: Record<string, number>}> {
  const figures: Figures = {}
  const rssMiB: Record<string, number> = {}
  for (const count of counts) {
    await clean(bench)
    await bench.qtool('enqueue', '--count', String(count), '--seed', String(seed), '-q', QUEUE)
    const {run, cpu} = await drain(bench, count)
    await expectRows(bench, count)
    figures[`work, ${count} records`] = {rate: count / JSON.parse(run.stdout).seconds, cpu}
    rssMiB[`work, ${count} records`] = run.rssMiB
  }
  await clean(bench)
  return {figures, rssMiB}
}

/**
 * Sends the peers' records through qtool, timed by its own clock: the start of the process is left out, as it is with
 * the peers. The CPU time is that of the whole command, start included.
 */
export async function smallRound(bench: Bench, count: number): Promise<Figures> {
  const data = await makeData(bench, count, 77)
  await clean(bench)
  const enqueue = await wholeCommand(bench, count, () =>
    bench.qtool('enqueue', data.ndjson, '-q', QUEUE, '--json'),
  )
  const work = await drain(bench, count)
  await expectRows(bench, count)
  const byItsClock = ({run, cpu}: typeof work) => ({rate: count / JSON.parse(run.stdout).seconds, cpu})
  return {'qtool enqueue': byItsClock(enqueue), 'qtool work': byItsClock(work)}
}

async function expectRows(bench: Bench, wanted: number): Promise<void> {
  const {rows} = await bench.pool.query<{n: string}>('SELECT count(*) AS n FROM live_track_points')
  await expectCount(Number(rows[0].n), wanted)
}

async function expectCount(found: number, wanted: number): Promise<void> {
  if (found !== wanted) throw new Error(`expected ${wanted} records, found ${found}: no figure can be given`)
}

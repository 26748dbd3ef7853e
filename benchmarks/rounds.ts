import {statSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {queueKeys} from '../src/redis/keys.ts'
import type {Bench} from './bench-servers.ts'
import {type CpuSeconds, perMillion} from './cpu.ts'
import {CSV_COLUMNS, clean, type DataFiles, fillList} from './data.ts'
import {writePath} from './enqueue-path.ts'
import {type ProcessRun, runProcess} from './measure.ts'

/** The figures of one measurement. */
export interface Figure {
  /** Records per second; NaN if the peer is not installed. */
  rate: number
  /** CPU seconds per million records; undefined if the peer is not installed. */
  cpu?: CpuSeconds
  /** Memory of the command at its largest, MiB. */
  rssMiB?: number
}

/** Figures of one round, by the name of the measurement. */
export type Figures = Record<string, Figure>

/** Makes what it measures, measures it, and checks that every record is there. */
export type Measure = (bench: Bench) => Promise<Figure>

const ABSENT: Figure = {rate: Number.NaN}

const QUEUE = 'bench'
const READY = queueKeys(QUEUE).ready

/** The sample table, and one like it that has no foreign key. */
export const SAMPLE = 'live_track_points'
export const ALONE = 'points_alone'
const TABLES = [SAMPLE, ALONE]

/** Makes the table without a foreign key. */
export async function makeAlone({pool}: Bench): Promise<void> {
  await pool.query(`CREATE TABLE ${ALONE} (LIKE ${SAMPLE} INCLUDING ALL)`)
  // It starts at random moments, and would work for one peer while another is measured
  for (const table of TABLES) await pool.query(`ALTER TABLE ${table} SET (autovacuum_enabled = off)`)
}

/** Measures a command from its start to its end. */
async function wholeCommand(bench: Bench, records: number, run: () => Promise<ProcessRun>): Promise<Figure> {
  const {result, cpu} = await bench.cpu.measure('commands', run)
  return {rate: records / result.seconds, cpu: perMillion(cpu, records), rssMiB: result.rssMiB}
}

/** `qtool enqueue` of a file. */
export function enqueue(data: DataFiles): Measure {
  return async (bench) => {
    await clean(bench, TABLES)
    const figure = await wholeCommand(bench, data.count, () =>
      bench.qtool('enqueue', data.ndjson, '-q', QUEUE),
    )
    expectCount(await bench.redis.zcard(READY), data.count)
    return figure
  }
}

/** What `qtool enqueue` does once the items are in memory. */
export function enqueuePath(data: DataFiles): Measure {
  return async (bench) => {
    await clean(bench, TABLES)
    const {result, cpu} = await bench.cpu.measure('this process', () =>
      writePath(bench.redisUrl, QUEUE, data.ndjson),
    )
    return {rate: result, cpu: perMillion(cpu, data.count)}
  }
}

/** redis-benchmark, with items of the same size. */
export function redisBenchmark(data: DataFiles): Measure {
  return async (bench) => {
    if (!bench.redisBenchmark) return ABSENT
    await clean(bench, TABLES)
    const {hostname, port, password} = new URL(bench.redisUrl)
    const size = Math.round(statSync(data.ndjson).size / data.count) - 1
    const where = ['-h', hostname, '-p', port, '-a', password]
    const how = ['-c', '1', '-P', '1000', '-n', String(data.count), '-r', '1000000000', '--csv']
    const words = ['ZADD', 'bench:peer', '__rand_int__', `__rand_int__${'x'.repeat(size - 12)}`]
    const {command, env} = bench.redisBenchmark
    const {result, cpu} = await bench.cpu.measure('commands', () =>
      runProcess(command, [...where, ...how, ...words], env),
    )
    const rate = Number(/^"ZADD[^"]*","([\d.]+)"/m.exec(result.stdout)?.[1])
    if (!(rate > 0)) throw new Error(`redis-benchmark printed no rate: ${result.stdout}`)
    return {rate, cpu: perMillion(cpu, data.count)}
  }
}

/** `qtool work` until the queue is empty. */
export function drain(data: DataFiles, table: string, ...args: string[]): Measure {
  return async (bench) => {
    await clean(bench, TABLES)
    await bench.qtool('enqueue', data.ndjson, '-q', QUEUE)
    const words = ['work', '-q', QUEUE, '--table', table, '--workers', '10', '--until-empty', ...args]
    const figure = await wholeCommand(bench, data.count, () => bench.qtool(...words))
    await expectRows(bench, table, data.count)
    return figure
  }
}

/** `psql \copy` of the same rows, one stream for each file. */
export function copy(data: DataFiles, table: string, files: string[]): Measure {
  return async (bench) => {
    const {psql} = bench
    if (!psql) return ABSENT
    await clean(bench, TABLES)
    const into = (file: string) => `\\copy ${table}(${CSV_COLUMNS}) from '${file}' csv`
    const {result, cpu} = await bench.cpu.measure('commands', async () => {
      const started = performance.now()
      await Promise.all(
        files.map((file) => runProcess(psql, [bench.databaseUrl, '-qc', into(file)], process.env)),
      )
      return (performance.now() - started) / 1000
    })
    await expectRows(bench, table, data.count)
    return {rate: data.count / result, cpu: perMillion(cpu, data.count)}
  }
}

const POPPED = fileURLToPath(new URL('./popped-inserts.js', import.meta.url))

/** The way of Vector and Redpanda Connect; see popped-inserts.ts. */
export function poppedInserts(data: DataFiles): Measure {
  return async (bench) => {
    await clean(bench, TABLES)
    await fillList(bench, 'bench:list', data)
    const args = [POPPED, bench.redisUrl, bench.databaseUrl, 'bench:list', SAMPLE, CSV_COLUMNS]
    const figure = await wholeCommand(bench, data.count, () =>
      runProcess(process.execPath, args, process.env),
    )
    await expectRows(bench, SAMPLE, data.count)
    return figure
  }
}

export async function expectRows({pool}: Bench, table: string, wanted: number): Promise<void> {
  const {rows} = await pool.query<{n: string}>(`SELECT count(*) AS n FROM ${table}`)
  expectCount(Number(rows[0].n), wanted)
}

function expectCount(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`expected ${wanted} records, found ${found}: no figure can be given`)
}

/**
 * npm run bench:upserts -- [--count 200000] [--rounds 3]
 *
 * What updating rows costs a drain, in turns with the same drain that only inserts: new rows, which are inserted by both;
 * rows that are all there, which are updated; and the same by a column that says which record is newer.
 */
import {cpus} from 'node:os'
import {parseArgs} from 'node:util'
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type CpuSeconds, perMillion, totalOf} from './cpu.ts'
import {clean, makeSample} from './data.ts'
import {makeKeyData} from './key-data.ts'
import {ratios, summarise} from './measure.ts'

const {values: flags} = parseArgs({
  options: {count: {type: 'string', default: '200000'}, rounds: {type: 'string', default: '3'}},
})
const count = Number(flags.count)

const QUEUE = 'upserts'
const TABLE = 'live_track_points'
const PARENTS = 100

interface Way {
  name: string
  flags: string[]
  /** Whether the rows are there, with another elevation. */
  isFull: boolean
}

const UPDATE = ['--on-conflict', 'update']
const WAYS: Way[] = [
  {name: 'insert', flags: [], isFull: false},
  {name: 'upsert, all rows new', flags: UPDATE, isFull: false},
  {name: 'upsert, all rows there', flags: UPDATE, isFull: true},
  {name: 'upsert by the newest, all there', flags: [...UPDATE, '--newest-by', 'elevation'], isFull: true},
]

interface Figures {
  /** Records per second, the start of the process included. */
  rate: number
  cpu: CpuSeconds
}

async function measure(bench: Bench, ndjson: string, way: Way): Promise<Figures> {
  const work = ['work', '-q', QUEUE, '--table', TABLE, '--workers', '10', '--until-empty', '--rebind']
  await clean(bench)
  if (way.isFull) {
    await bench.qtool('enqueue', ndjson, '-q', QUEUE)
    await bench.qtool(...work)
    // Less than every record says, so that each of them is newer
    await bench.pool.query(`UPDATE ${TABLE} SET elevation = elevation / 8`)
    await bench.pool.query(`VACUUM ${TABLE}`)
  }
  await bench.qtool('enqueue', ndjson, '-q', QUEUE)
  const {result, cpu} = await bench.cpu.measure('commands', () => bench.qtool(...work, ...way.flags))
  const {rows} = await bench.pool.query<{n: number; old: number}>(
    `SELECT count(*)::int AS n, (count(*) FILTER (WHERE elevation < 500))::int AS old FROM ${TABLE}`,
  )
  if (rows[0].n !== count || rows[0].old !== 0)
    throw new Error(`${way.name}: expected ${count} new rows, found ${rows[0].n}, ${rows[0].old} of them old`)
  return {rate: count / result.seconds, cpu: perMillion(cpu, count)}
}

const right = 'right' as const
const PARTS = ['program', 'postgres', 'redis'] as const

function lineOf(name: string, some: Figures[], usual: Figures[]): string[] {
  const rate = summarise(some.map((one) => one.rate))
  const ofRate = summarise(
    ratios(
      some.map((one) => one.rate),
      usual.map((one) => one.rate),
    ),
  )
  const ofCpu = summarise(
    ratios(
      usual.map(({cpu}) => totalOf(cpu)),
      some.map(({cpu}) => totalOf(cpu)),
    ),
  )
  return [
    name,
    Math.round(rate.median).toLocaleString('en-US'),
    ofRate.median.toFixed(2),
    `${ofRate.min.toFixed(2)} to ${ofRate.max.toFixed(2)}`,
    ...PARTS.map((part) => summarise(some.map(({cpu}) => cpu[part])).median.toFixed(2)),
    summarise(some.map(({cpu}) => totalOf(cpu))).median.toFixed(2),
    ofCpu.median.toFixed(2),
    `${ofCpu.min.toFixed(2)} to ${ofCpu.max.toFixed(2)}`,
  ]
}

await withBench(async (bench) => {
  await makeSample(bench.qtool)
  await bench.pool.query(`ALTER TABLE ${TABLE} SET (autovacuum_enabled = off)`)
  const {ndjson} = await makeKeyData(bench, {count, parents: PARENTS})
  const found = new Map<string, Figures[]>()
  for (let round = 0; round < Number(flags.rounds); round++) {
    for (const way of [...WAYS.slice(round % WAYS.length), ...WAYS.slice(0, round % WAYS.length)]) {
      process.stderr.write(`round ${round + 1} of ${flags.rounds}: ${way.name}\n`)
      found.set(way.name, [...(found.get(way.name) ?? []), await measure(bench, ndjson, way)])
    }
  }
  const usual = found.get(WAYS[0].name) ?? []
  const lines = WAYS.map(({name}) => lineOf(name, found.get(name) ?? [], usual))
  const titles = [
    'rate',
    'to insert',
    'spread',
    'client',
    'Postgres',
    'Redis',
    'all',
    'insert to it',
    'spread',
  ]
  const columns = [{title: 'way'}, ...titles.map((title) => ({title, align: right}))]
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  process.stdout.write(`${bench.versions.join(', ')}; ${machine}; ${count} records, ${flags.rounds} rounds\n`)
  process.stdout.write(`records a second; CPU seconds per million records\n\n${grid(columns, lines)}\n`)
})

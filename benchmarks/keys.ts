/**
 * npm run bench:keys -- [--count 200000] [--rounds 3] [--parents 1,100,100000]
 *
 * What foreign keys cost a drain, in four ways in turns: row by row, as Postgres's triggers do it; with the parents of a
 * lease locked at once, and the triggers as well; with the parents locked and the triggers silent; and without any
 * foreign key, which is the limit. `psql \copy` into the same table, with its triggers, is beside them.
 */
import {cpus} from 'node:os'
import {parseArgs} from 'node:util'
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type CpuSeconds, perMillion, totalOf} from './cpu.ts'
import {clean, makeSample} from './data.ts'
import {type KeyData, makeKeyData} from './key-data.ts'
import {ratios, runProcess, summarise} from './measure.ts'

const {values: flags} = parseArgs({
  options: {
    count: {type: 'string', default: '200000'},
    rounds: {type: 'string', default: '3'},
    parents: {type: 'string', default: '1,100,100000'},
  },
})
const count = Number(flags.count)

const QUEUE = 'keys'
const TABLE = 'live_track_points'
const KEY = `ALTER TABLE ${TABLE} ADD CONSTRAINT to_flight FOREIGN KEY (flight_uuid) REFERENCES flights ON DELETE CASCADE`

/** Enables the triggers of the foreign key in a mode: ALWAYS lets them run although the others are silent. */
const enable = (mode: '' | 'ALWAYS') => `DO $$ DECLARE t name; BEGIN
  FOR t IN SELECT tgname FROM pg_trigger WHERE tgrelid = '${TABLE}'::regclass AND tgisinternal
  LOOP EXECUTE format('ALTER TABLE ${TABLE} ENABLE ${mode} TRIGGER %I', t); END LOOP; END $$`

interface Way {
  name: string
  /** What the table must be like. */
  sql: string
  /** Drains the queue, or copies the same rows. */
  run: 'rows' | 'set' | 'copy'
}

const WAYS: Way[] = [
  {name: 'psql \\copy, one stream', sql: KEY, run: 'copy'},
  {name: 'row by row', sql: KEY, run: 'rows'},
  {name: 'locked, and row by row', sql: `${KEY}; ${enable('ALWAYS')}`, run: 'set'},
  {name: 'by the set', sql: KEY, run: 'set'},
  {name: 'no foreign key', sql: 'SELECT', run: 'rows'},
]

interface Figures {
  /** Records per second, the start of the process included. */
  rate: number
  cpu: CpuSeconds
}

async function measure(bench: Bench, data: KeyData, way: Way): Promise<Figures> {
  await clean(bench)
  await bench.pool.query(`ALTER TABLE ${TABLE} DROP CONSTRAINT IF EXISTS to_flight; ${way.sql}`)
  if (way.run !== 'copy') await bench.qtool('enqueue', data.ndjson, '-q', QUEUE)
  const {result, cpu} = await bench.cpu.measure('commands', () => run(bench, data, way))
  const {rows} = await bench.pool.query<{n: number}>(`SELECT count(*)::int AS n FROM ${TABLE}`)
  if (rows[0].n !== count) throw new Error(`${way.name}: expected ${count} rows, found ${rows[0].n}`)
  return {rate: count / result.seconds, cpu: perMillion(cpu, count)}
}

function run(bench: Bench, {csv, columns}: KeyData, way: Way) {
  if (way.run !== 'copy') {
    const args = ['work', '-q', QUEUE, '--table', TABLE, '--workers', '10', '--until-empty']
    return bench.qtool(...args, '--foreign-keys', way.run)
  }
  if (!bench.psql) throw new Error('expected psql on the PATH')
  return runProcess(
    bench.psql,
    [bench.databaseUrl, '-qc', `\\copy ${TABLE}(${columns}) from '${csv}' csv`],
    process.env,
  )
}

/** The figures of each way, in the order of the rounds. */
async function measureAll(bench: Bench, parents: number): Promise<Map<string, Figures[]>> {
  const data = await makeKeyData(bench, {count, parents})
  const found = new Map<string, Figures[]>()
  for (let round = 0; round < Number(flags.rounds); round++) {
    // Each way follows every other one once, so that none always finds the caches of the same
    for (const way of [...WAYS.slice(round % WAYS.length), ...WAYS.slice(0, round % WAYS.length)]) {
      process.stderr.write(`${parents} parents, round ${round + 1} of ${flags.rounds}: ${way.name}\n`)
      found.set(way.name, [...(found.get(way.name) ?? []), await measure(bench, data, way)])
    }
  }
  return found
}

const right = 'right' as const
const PARTS = ['program', 'postgres', 'redis'] as const

function linesOf(parents: number, found: Map<string, Figures[]>): string[][] {
  const usual = found.get('row by row') ?? []
  const cpuOf = (some: Figures[]) => some.map(({cpu}) => totalOf(cpu))
  return WAYS.map(({name}) => {
    const some = found.get(name) ?? []
    const rate = summarise(some.map((one) => one.rate))
    const all = summarise(cpuOf(some))
    const ratio = summarise(ratios(cpuOf(some), cpuOf(usual)))
    return [
      parents.toLocaleString('en-US'),
      name,
      Math.round(rate.median).toLocaleString('en-US'),
      ...PARTS.map((part) => summarise(some.map(({cpu}) => cpu[part])).median.toFixed(2)),
      all.median.toFixed(2),
      `${all.min.toFixed(2)} to ${all.max.toFixed(2)}`,
      ratio.median.toFixed(2),
      `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`,
    ]
  })
}

await withBench(async (bench) => {
  await makeSample(bench.qtool)
  await bench.pool.query(`ALTER TABLE ${TABLE} SET (autovacuum_enabled = off)`)
  await bench.pool.query(
    `DO $$ DECLARE k name; BEGIN FOR k IN SELECT conname FROM pg_constraint WHERE conrelid = '${TABLE}'::regclass
AND contype = 'f' LOOP EXECUTE format('ALTER TABLE ${TABLE} DROP CONSTRAINT %I', k); END LOOP; END $$`,
  )
  const lines: string[][] = []
  for (const parents of flags.parents.split(',').map(Number)) {
    lines.push(...linesOf(parents, await measureAll(bench, parents)))
  }
  const titles = ['rate', 'client', 'Postgres', 'Redis', 'all', 'spread', 'to rows', 'spread']
  const columns = [
    {title: 'parents', align: right},
    {title: 'way'},
    ...titles.map((title) => ({title, align: right})),
  ]
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  process.stdout.write(`${bench.versions.join(', ')}; ${machine}; ${count} records, ${flags.rounds} rounds\n`)
  process.stdout.write(`records a second; CPU seconds per million records\n\n${grid(columns, lines)}\n`)
})

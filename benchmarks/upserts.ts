/**
 * npm run bench:upserts -- [--count 200000] [--rounds 3]
 *
 * What updating rows costs a drain, in turns with the same drain that only inserts: new rows, which are inserted by both;
 * rows that are all there, which are updated; and the same by a column that says which record is newer.
 */
import {parseArgs} from 'node:util'
import {type Bench, withBench} from './bench-servers.ts'
import {perMillion} from './cpu.ts'
import {clean, makeSample} from './data.ts'
import {makeKeyData} from './key-data.ts'
import {type Figures, inTurns, printWays} from './ways-table.ts'

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

await withBench(async (bench) => {
  await makeSample(bench.qtool)
  await bench.pool.query(`ALTER TABLE ${TABLE} SET (autovacuum_enabled = off)`)
  const {ndjson} = await makeKeyData(bench, {count, parents: PARENTS})
  const found = await inTurns(WAYS, Number(flags.rounds), (way) => measure(bench, ndjson, way))
  printWays(bench, found, {count, usual: 'insert'})
})

/**
 * npm run bench:bad -- [--count 100000] [--bad 10] [--rounds 5] [--kind PART] [--postgres URL]
 *
 * What bad records cost a drain: for each kind of fault the same number of records with none and with `--bad` % of them
 * at fault, in turns. `--postgres` takes a server on this machine, of another version than the one of qtool, with a
 * database that may be changed.
 */
import {writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {grid} from '../src/render/table.ts'
import {type BadKind, KINDS} from './bad-kinds.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type CpuSeconds, perMillion, totalOf} from './cpu.ts'
import {ratios, summarise} from './measure.ts'

const {values: flags} = parseArgs({
  options: {
    count: {type: 'string', default: '100000'},
    bad: {type: 'string', default: '10'},
    rounds: {type: 'string', default: '5'},
    kind: {type: 'string', default: ''},
    postgres: {type: 'string'},
  },
})
const count = Number(flags.count)
const badShare = Number(flags.bad)

interface Figures {
  /** Records per second, start of the process left out. */
  rate: number
  /** Per million records, of the whole command and both servers. */
  cpu: CpuSeconds
}

const QUEUE = 'bad'
const TABLE = 'records'

/** Whether record `id` is at fault: as often as wanted, and without a pattern that a lease could fit. */
const isBad = (id: number, share: number) => (Math.imul(id + 1, 2246822519) >>> 0) % 100 < share

/** Makes the table anew, and a queue of records for it. @returns how many of them are at fault */
async function prepare({pool, redis, folder, qtool}: Bench, kind: BadKind, share: number): Promise<number> {
  await pool.query('DROP SCHEMA IF EXISTS bad CASCADE; CREATE SCHEMA bad')
  await pool.query(`SET search_path = bad; ${kind.sql.replaceAll(':t', TABLE)}; RESET search_path`)
  await pool.query('CHECKPOINT')
  await redis.flushall('SYNC')
  const ids = Array.from({length: count}, (_, id) => id)
  const file = join(folder, 'bad.ndjson')
  writeFileSync(file, ids.map((id) => `${isBad(id, share) ? kind.bad(id) : kind.good(id)}\n`).join(''))
  await qtool('enqueue', file, '-q', QUEUE)
  return ids.filter((id) => isBad(id, share)).length
}

/** @throws Error if the rows and dead letters are not those that the records should come to */
async function drain(bench: Bench, kind: BadKind, share: number): Promise<Figures> {
  const wrong = await prepare(bench, kind, share)
  const before = await countRows(bench)
  const work = ['work', '-q', QUEUE, '--table', `bad.${TABLE}`, '--workers', '10', '--until-empty', '--json']
  const {result, cpu} = await bench.cpu.measure('commands', () => bench.qtool(...work))
  const {seconds, deadLettered} = JSON.parse(result.stdout)
  const written = (await countRows(bench)) - before
  if (written !== count - wrong || deadLettered !== wrong) {
    throw new Error(
      `${kind.name}: expected ${count - wrong} rows and ${wrong} dead letters, found ${written} and ${deadLettered}`,
    )
  }
  return {rate: count / seconds, cpu: perMillion(cpu, count)}
}

async function countRows({pool}: Bench): Promise<number> {
  const {rows} = await pool.query<{n: string}>(`SELECT count(*) AS n FROM bad.${TABLE}`)
  return Number(rows[0].n)
}

interface Pair {
  clean: Figures[]
  bad: Figures[]
}

async function measureAll(bench: Bench): Promise<Map<string, Pair>> {
  const pairs = new Map<string, Pair>()
  const kinds = KINDS.filter(({name}) => name.includes(flags.kind))
  for (let round = 1; round <= Number(flags.rounds); round++) {
    for (const kind of kinds) {
      process.stderr.write(`round ${round} of ${flags.rounds}: ${kind.name}\n`)
      const pair = pairs.get(kind.name) ?? {clean: [], bad: []}
      pair.clean.push(await drain(bench, kind, 0))
      pair.bad.push(await drain(bench, kind, badShare))
      pairs.set(kind.name, pair)
    }
  }
  return pairs
}

const PARTS = ['program', 'redis', 'postgres'] as const
const whole = (value: number) => Math.round(value).toLocaleString('en-US')
const right = 'right' as const

function render(pairs: Map<string, Pair>): string {
  const lines = [...pairs].map(([name, {clean, bad}]) => {
    const rate = (some: Figures[]) => some.map((one) => one.rate)
    const cpu = (some: Figures[]) =>
      [totalOf, ...PARTS.map((part) => (one: CpuSeconds) => one[part])]
        .map((of) => summarise(some.map((one) => of(one.cpu))).median.toFixed(1))
        .join(' ')
    const ratio = summarise(ratios(rate(bad), rate(clean)))
    return [
      name,
      whole(summarise(rate(clean)).median),
      whole(summarise(rate(bad)).median),
      ratio.median.toFixed(2),
      `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`,
      cpu(clean),
      cpu(bad),
    ]
  })
  const titles = ['clean/s', `${badShare} % bad/s`, 'ratio', 'spread', 'CPU clean', 'CPU bad']
  return grid([{title: 'kind'}, ...titles.map((title) => ({title, align: right}))], lines)
}

await withBench(async (bench) => {
  await bench.qtool('migrate')
  const pairs = await measureAll(bench)
  const {rows} = await bench.pool.query<{v: string}>(`SELECT current_setting('server_version') AS v`)
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  process.stdout.write(
    `Postgres ${rows[0].v}; ${machine}; ${count} records, ${flags.rounds} rounds; CPU seconds per million\n`,
  )
  process.stdout.write(`${render(pairs)}\n`)
}, flags.postgres)

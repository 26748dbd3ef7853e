/**
 * Runs `qtool bench` and well-known tools on the same servers, in turns. If both measure the same thing, the figures
 * must be of the same size; if they are not, the reason is printed with them.
 */
import {writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {join} from 'node:path'
import {withPlace} from '../src/bench/place/place.ts'
import type {BenchRun} from '../src/bench/shape/run.ts'
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {onPath, ratios, runProcess, summarise} from './measure.ts'

const ROUNDS = Number(process.env.ROUNDS ?? 5)

/** Items of a chunk, as `bench modes` sends them, and chunks in flight. */
const CHUNK = 1000
const UNDER_WAY = 4
const ITEM_BYTES = 200

/** Seconds of each measurement. */
const SECONDS = 3

type Figures = Record<string, number>

interface Comparison {
  measure: string
  /** Name of the figure on each side. */
  qtool: string
  tool: string
  unit: string
  why: string
}

const COMPARISONS: Comparison[] = [
  {
    measure: 'ZADD one by one, 1 connection',
    qtool: 'modes single',
    tool: 'redis-benchmark -c 1 -P 1',
    unit: 'items/s',
    why: 'Node takes as long for a call as Redis and the way there and back together',
  },
  {
    measure: 'the same, p50',
    qtool: 'modes single, p50',
    tool: 'redis-benchmark -c 1 -P 1, p50',
    unit: 'ms',
    why: 'until the caller has the reply, not the socket',
  },
  {
    measure: 'the same, p99',
    qtool: 'modes single, p99',
    tool: 'redis-benchmark -c 1 -P 1, p99',
    unit: 'ms',
    why: 'with the halts of garbage collection',
  },
  {
    measure: `ZADD pipelined, ${UNDER_WAY} times ${CHUNK} under way`,
    qtool: 'modes pipeline',
    tool: `redis-benchmark -c ${UNDER_WAY} -P ${CHUNK}`,
    unit: 'items/s',
    why: 'a command and a reply for each item; Node is the limit here, Redis there',
  },
  {
    measure: `ZADD of ${CHUNK} items, ${UNDER_WAY} under way`,
    qtool: 'modes batch',
    tool: `redis-benchmark -c ${UNDER_WAY}, ${CHUNK} members`,
    unit: 'items/s',
    why: 'Redis is the limit of both; its equal scores cost 5 µs an item, rising ones 2',
  },
  {
    measure: 'a transaction of one record, 1 worker',
    qtool: 'workers 1x1',
    tool: 'pgbench -c 1, one row',
    unit: 'rows/s',
    why: 'a lease takes two round trips more to Postgres, for COPY, and three to Redis',
  },
  {
    measure: 'a transaction of 2,000 records, 1 worker',
    qtool: 'workers 1x2000',
    tool: 'pgbench -c 1, 2,000 rows',
    unit: 'rows/s',
    why: 'there the server makes the rows itself; here they come from Redis',
  },
  {
    measure: 'the same, 10 workers',
    qtool: 'workers 10x2000',
    tool: 'pgbench -c 10, 2,000 rows',
    unit: 'rows/s',
    why: 'the cores are full in both',
  },
]

async function round(bench: Bench): Promise<Figures> {
  return {...(await redisFigures(bench)), ...(await postgresFigures(bench))}
}

async function redisFigures(bench: Bench): Promise<Figures> {
  const member = 'x'.repeat(ITEM_BYTES - 12)
  const one = ['1', `__rand_int__${member}`]
  const single = await redisBenchmark(bench, ['-c', '1', '-n', '30000'], ['NX', ...one])
  const pipelined = ['-c', String(UNDER_WAY), '-P', String(CHUNK), '-n', '400000']
  const pipeline = await redisBenchmark(bench, pipelined, ['NX', ...one])
  const chunk = Array.from({length: CHUNK}, () => one).flat()
  const batch = await redisBenchmark(bench, ['-c', String(UNDER_WAY), '-n', '1000'], ['NX', ...chunk])
  const ours = {
    single: await modes(bench, 'single'),
    pipeline: await modes(bench, 'pipeline'),
    batch: await modes(bench, 'batch'),
  }
  return {
    'redis-benchmark -c 1 -P 1': single.rate,
    'redis-benchmark -c 1 -P 1, p50': single.p50,
    'redis-benchmark -c 1 -P 1, p99': single.p99,
    [`redis-benchmark -c ${UNDER_WAY} -P ${CHUNK}`]: pipeline.rate,
    [`redis-benchmark -c ${UNDER_WAY}, ${CHUNK} members`]: batch.rate * CHUNK,
    'modes single': ours.single.achieved,
    'modes single, p50': ours.single.latency?.p50 ?? Number.NaN,
    'modes single, p99': ours.single.latency?.p99 ?? Number.NaN,
    'modes pipeline': ours.pipeline.achieved,
    'modes batch': ours.batch.achieved,
  }
}

async function redisBenchmark(bench: Bench, options: string[], args: string[]) {
  if (!bench.redisBenchmark) throw new Error('expected redis-benchmark beside redis-server, found none')
  const {hostname, port, password} = new URL(bench.redisUrl)
  const where = ['-h', hostname, '-p', port, '-a', password, '-r', '1000000000', '--csv']
  const {command, env} = bench.redisBenchmark
  const {stdout} = await runProcess(command, [...where, ...options, 'ZADD', 'bench:peer', ...args], env)
  await bench.redis.unlink('bench:peer')
  // redis-benchmark names the test after its command, which has commas in it here; the figures are the last seven cells
  const line = stdout.trim().split('\n').at(-1) ?? ''
  const [rate, , , p50, , p99] = line
    .split(',')
    .slice(-7)
    .map((cell) => Number(cell.replaceAll('"', '')))
  if (!(rate > 0 && p50 >= 0)) throw new Error(`redis-benchmark printed no rate: ${line.slice(-200)}`)
  return {rate, p50, p99}
}

async function modes(bench: Bench, mode: string) {
  const words = ['--mode', mode, '--batches', String(CHUNK), '--item-bytes', String(ITEM_BYTES)]
  return (await benchRun(bench, 'modes', ...words, '--for', `${SECONDS}s`)).steps[0]
}

async function benchRun(bench: Bench, ...words: string[]): Promise<BenchRun> {
  return JSON.parse((await bench.qtool('bench', ...words, '--json')).stdout)
}

async function postgresFigures(bench: Bench): Promise<Figures> {
  const small = await workers(bench, '1', '1', '4k')
  const large = await workers(bench, '1,10', '2000', '200k')
  return {
    ...(await pgbench(bench)),
    'workers 1x1': small['rate@1x1'],
    'workers 1x2000': large['rate@1x2000'],
    'workers 10x2000': large['rate@10x2000'],
  }
}

async function workers(bench: Bench, counts: string, batch: string, records: string): Promise<Figures> {
  const words = ['--workers', counts, '--batches', batch, '--count', records]
  return (await benchRun(bench, 'workers', ...words)).metrics
}

/** Uses tables, keys and indexes as `bench workers` makes them. */
async function pgbench(bench: Bench): Promise<Figures> {
  const at = {id: 'pgbench', signal: new AbortController().signal, survivesOutages: false}
  return withPlace(bench.redis, bench.pool, at, async ({schema, table}) => {
    const entry = `INSERT INTO ${schema}.applied_lease (lease_id, queue, sink, inserted, already_there, failed_at, dead_letters) VALUES (gen_random_uuid()::text, 'q', 's', 1, 0, '{}', '{}');`
    const rows = (numbers: string) =>
      `INSERT INTO ${table} (flight_uuid, flight_id, datetime, lat, lon, elevation, device_id) SELECT f.id, f.flight_id, timestamptz '2026-06-01 09:00Z' + n * interval '1 s', 46 + n / 1e6, 7.5, 1000, 'b' || n FROM ${numbers} JOIN ${schema}.flights f ON f.flight_id = 'B' || n % 10;`
    const parent = `SELECT count(*) FROM ${schema}.flights WHERE flight_id = 'B' || :n % 10;`
    const one = ['\\set n random(1, 1000000)', 'BEGIN;', parent, rows('(SELECT :n AS n) g'), entry, 'COMMIT;']
    const many = ['BEGIN;', rows('generate_series(1, 2000) n'), entry, 'COMMIT;']
    const run = async (clients: number, script: string[]) => {
      await bench.pool.query(`TRUNCATE ${table}`)
      const file = join(bench.folder, 'pgbench.sql')
      writeFileSync(file, `${script.join('\n')}\n`)
      const threads = String(Math.min(clients, cpus().length))
      const options = ['-n', '-T', String(SECONDS), '-c', String(clients), '-j', threads, '-f', file]
      const {stdout} = await runProcess('pgbench', [...options, bench.databaseUrl], process.env)
      const tps = Number(/^tps = ([\d.]+)/m.exec(stdout)?.[1])
      if (!(tps > 0)) throw new Error(`pgbench printed no rate: ${stdout}`)
      return tps
    }
    return {
      'pgbench -c 1, one row': await run(1, one),
      'pgbench -c 1, 2,000 rows': (await run(1, many)) * 2000,
      'pgbench -c 10, 2,000 rows': (await run(10, many)) * 2000,
    }
  })
}

function show(value: number): string {
  return value < 100 ? value.toPrecision(3) : Math.round(value).toLocaleString('en-US')
}

function render(rounds: Figures[], versions: string[]): string {
  const right = 'right' as const
  const rows = COMPARISONS.map(({measure, qtool, tool, unit, why}) => {
    const [ours, theirs] = [qtool, tool].map((name) => rounds.map((figures) => figures[name]))
    const ratio = summarise(ratios(ours, theirs))
    return [
      measure,
      `${show(summarise(ours).median)} ${unit}`,
      tool,
      `${show(summarise(theirs).median)} ${unit}`,
      ratio.median.toFixed(2),
      `${ratio.min.toFixed(2)} to ${ratio.max.toFixed(2)}`,
      why,
    ]
  })
  const [measure, qtool, tool, theirs, ratio, spread, why] = [
    'measure',
    'qtool',
    'tool',
    'its figure',
    'ratio',
    'spread',
    'why they differ',
  ]
  return [
    `${versions.join(', ')}; ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}; ${rounds.length} rounds, medians`,
    grid(
      [
        {title: measure},
        {title: qtool, align: right},
        {title: tool},
        {title: theirs, align: right},
        {title: ratio, align: right},
        {title: spread},
        {title: why},
      ],
      rows,
    ),
  ].join('\n\n')
}

if (!onPath('pgbench'))
  throw new Error('expected pgbench on the PATH, found none: install the client tools of Postgres')
const text = await withBench(async (bench) => {
  await bench.qtool('migrate')
  const rounds: Figures[] = []
  for (let n = 1; n <= ROUNDS; n++) {
    process.stderr.write(`round ${n} of ${ROUNDS}\n`)
    rounds.push(await round(bench))
  }
  return render(rounds, bench.versions)
})
process.stdout.write(`${text}\n`)

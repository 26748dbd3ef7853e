/**
 * npm run bench -- [--rounds 5] [--records 500000] [--jobs 200000] [--job-rounds 5]
 *
 * Measures qtool and its peers as whole commands, in turns, and prints the tables of docs/speed.md: rates, their ratios
 * round by round, and CPU seconds per million records. The libraries of jobs take longest; they may have fewer rounds.
 */
import {mkdirSync, writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {parseArgs} from 'node:util'
import {type Bench, withBench} from './bench-servers.ts'
import {type DataFiles, makeData, makeSample} from './data.ts'
import {bullmqRound, graphileRound} from './peers.ts'
import {
  ALONE,
  copy,
  drain,
  enqueue,
  enqueuePath,
  type Figures,
  type Measure,
  makeAlone,
  poppedInserts,
  redisBenchmark,
  SAMPLE,
} from './rounds.ts'
import {type Comparison, comparisonTable, costTable, judge, type Series} from './speed-table.ts'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    records: {type: 'string', default: '500000'},
    jobs: {type: 'string', default: '200000'},
    'job-rounds': {type: 'string', default: '5'},
  },
})
const records = Number(flags.records)
const jobs = Number(flags.jobs)
const rounds = Number(flags.rounds)
const jobRounds = Math.min(rounds, Number(flags['job-rounds']))

const named = (count: number) => count.toLocaleString('en-US')
const ENQUEUE = `enqueue ${named(jobs)}`
const DRAIN = `drain ${named(jobs)}`

const COMPARISONS: Comparison[] = [
  {
    measure: `drain ${named(records)}, keys by the lease`,
    ours: 'drain, keys by the lease',
    peer: '\\copy, one stream',
    least: 2,
  },
  {measure: 'the same', ours: 'drain, keys by the lease', peer: '\\copy, two streams', least: 1.2},
  {measure: 'drain, keys row by row', ours: 'drain, keys row by row', peer: '\\copy, one stream', least: 1},
  {
    measure: 'drain, no foreign keys',
    ours: 'drain, no foreign keys',
    peer: '\\copy, no foreign keys',
    least: 0.9,
  },
  {
    measure: 'drain, keys by the lease',
    ours: 'drain, keys by the lease',
    peer: 'popped and inserted in batches',
    least: 2,
  },
  {
    measure: `enqueue ${named(records)} from NDJSON`,
    ours: 'enqueue',
    peer: 'redis-benchmark -P 1000',
    least: 2.5,
  },
  {measure: 'its write path alone', ours: 'enqueue, write path', peer: 'redis-benchmark -P 1000', least: 3},
  {measure: ENQUEUE, ours: ENQUEUE, peer: 'BullMQ addBulk', least: 15},
  {measure: DRAIN, ours: DRAIN, peer: 'BullMQ Worker, batches of 500', least: 15},
  {measure: ENQUEUE, ours: ENQUEUE, peer: 'graphile-worker addJobs', least: 15},
  {measure: DRAIN, ours: DRAIN, peer: 'graphile-worker, batches of 500', least: 15},
]

function measuresOf(data: DataFiles): Record<string, Measure> {
  return {
    'drain, keys by the lease': drain(data, SAMPLE, '--foreign-keys', 'set'),
    '\\copy, one stream': copy(data, SAMPLE, [data.csv]),
    '\\copy, two streams': copy(data, SAMPLE, data.halves),
    'drain, keys row by row': drain(data, SAMPLE, '--foreign-keys', 'rows'),
    'drain, no foreign keys': drain(data, ALONE),
    '\\copy, no foreign keys': copy(data, ALONE, [data.csv]),
    'popped and inserted in batches': poppedInserts(data),
    enqueue: enqueue(data),
    'enqueue, write path': enqueuePath(data),
    'redis-benchmark -P 1000': redisBenchmark(data),
  }
}

function add(series: Series, figures: Figures): void {
  for (const [name, figure] of Object.entries(figures))
    series.set(name, [...(series.get(name) ?? []), figure])
}

/** Each measurement follows every other one in some round, so that none always finds the caches of the same. */
function turned<T>(list: T[], round: number): T[] {
  const by = (round * 3) % list.length
  return [...list.slice(by), ...list.slice(0, by)]
}

async function measureAll(bench: Bench): Promise<Series> {
  const series: Series = new Map()
  await makeSample(bench.qtool)
  await makeAlone(bench)
  const few = await makeData(bench, jobs, 77)
  const measures = Object.entries(measuresOf(await makeData(bench, records, 1)))
  for (const [name] of measures) series.set(name, [])
  for (let round = 0; round < rounds; round++) {
    process.stderr.write(`round ${round + 1} of ${rounds}\n`)
    for (const [name, measure] of turned(measures, round)) add(series, {[name]: await measure(bench)})
    if (round >= jobRounds) continue
    add(series, {[ENQUEUE]: await enqueue(few)(bench), [DRAIN]: await drain(few, SAMPLE)(bench)})
    add(series, await bullmqRound(bench, few))
    add(series, await graphileRound(bench, few))
  }
  return series
}

const text = await withBench(async (bench) => {
  const series = await measureAll(bench)
  const judged = judge(series, COMPARISONS)
  mkdirSync('benchmarks/results', {recursive: true})
  const raw = {
    at: new Date().toISOString(),
    versions: bench.versions,
    figures: Object.fromEntries(series),
    judged,
  }
  writeFileSync('benchmarks/results/main.json', `${JSON.stringify(raw, null, 2)}\n`)
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  return [
    `${bench.versions.join(', ')}; ${machine}; medians of ${rounds} rounds, of ${jobRounds} with ${named(jobs)} records`,
    comparisonTable(series, judged),
    'Records per second, and CPU seconds per million records:',
    costTable(series),
  ].join('\n\n')
})
process.stdout.write(`${text}\n`)

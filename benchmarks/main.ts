import {mkdirSync, writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {makeData} from './data.ts'
import {ratios, type Summary, summarise} from './measure.ts'
import {bullmqRound, graphileRound} from './peers.ts'
import {badRound, drainRound, enqueueRound, type Rates, scaleRound, smallRound} from './rounds.ts'

/** One line of the result: ours against a peer, and what it must reach. */
interface Row {
  measure: string
  ours: string
  peer: string
  /** Our median divided by the peer's, round by round. */
  ratio: Summary
  target: string
  reached: boolean
}

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const RECORDS = Number(process.env.RECORDS ?? 500_000)
const SMALL = 20_000

type Series = Map<string, number[]>

function add(series: Series, rates: Rates): void {
  for (const [name, rate] of Object.entries(rates)) series.set(name, [...(series.get(name) ?? []), rate])
}

function compare(series: Series, ours: string, peer: string, least: number, measure: string): Row {
  const ratio = summarise(ratios(series.get(ours) ?? [], series.get(peer) ?? []))
  const target = least > 0 ? `>= ${least}` : '-'
  return {measure, ours, peer, ratio, target, reached: ratio.median >= least}
}

/** Rates and memory of two sizes, which must not differ by more than a share. */
function within(series: Series, ours: string, peer: string, most: number, measure: string): Row {
  const row = compare(series, ours, peer, 0, measure)
  const off = Math.abs(row.ratio.median - 1)
  return {...row, target: `1 +- ${most}`, reached: off <= most}
}

async function measureAll(bench: Bench): Promise<{series: Series; rss: Series}> {
  const series: Series = new Map()
  const rss: Series = new Map()
  await bench.qtool('migrate')
  const data = await makeData(bench, RECORDS, 1)
  const small = await makeData(bench, SMALL, 77)
  for (let round = 1; round <= ROUNDS; round++) {
    process.stderr.write(`round ${round} of ${ROUNDS}\n`)
    add(series, await enqueueRound(bench, data))
    add(series, await drainRound(bench, data))
    add(series, await badRound(bench, RECORDS, 2))
    add(series, await smallRound(bench, SMALL))
    add(series, await bullmqRound(bench, small))
    add(series, await graphileRound(bench, small))
    const scale = await scaleRound(bench, [50_000, 2_000_000], 3)
    add(series, scale.rates)
    add(rss, scale.rssMiB)
  }
  return {series, rss}
}

function judge(series: Series, rss: Series): Row[] {
  return [
    compare(series, 'enqueue, whole command', 'redis-benchmark -P 1000', 1.5, 'enqueue'),
    compare(series, 'enqueue, write path', 'redis-benchmark -P 1000', 2.5, 'enqueue'),
    compare(series, 'work, whole command', 'psql \\copy, 1 stream', 1, 'drain'),
    compare(series, 'work, whole command', 'psql \\copy, 2 streams', 0, 'drain'),
    compare(series, 'qtool enqueue', 'BullMQ addBulk', 15, 'enqueue 20k'),
    compare(series, 'qtool work', 'BullMQ Worker, concurrency 10', 15, 'drain 20k'),
    compare(series, 'qtool enqueue', 'graphile-worker addJobs', 15, 'enqueue 20k'),
    compare(series, 'qtool work', 'graphile-worker, concurrency 10', 15, 'drain 20k'),
    compare(series, 'work, 10% bad', 'work, 0% bad', 0.5, 'bad records'),
    within(series, 'work, 50000 records', 'work, 2000000 records', 0.15, 'rate by size'),
    within(rss, 'work, 50000 records', 'work, 2000000 records', 0.2, 'RSS by size'),
  ]
}

const number = (value: number) => (Number.isNaN(value) ? 'n/a' : Math.round(value).toLocaleString('en-US'))
const right = 'right' as const

function render(series: Series, rss: Series, rows: Row[], versions: string[]): string {
  const rates = [...series].map(([name, values]) => {
    const {median, min, max} = summarise(values)
    return [name, number(median), number(min), number(max)]
  })
  const memory = [...rss].map(([name, values]) => `${name}: ${number(summarise(values).median)} MiB`)
  const verdicts = rows.map((row) => [
    row.measure,
    row.ours,
    row.peer,
    row.ratio.median.toFixed(2),
    `${row.ratio.min.toFixed(2)} to ${row.ratio.max.toFixed(2)}`,
    row.target,
    row.reached ? 'reached' : 'NOT REACHED',
  ])
  const titles = ['measure', 'qtool', 'against', 'ratio', 'spread', 'target', 'verdict']
  return [
    `${versions.join(', ')}; ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}; ${ROUNDS} rounds, medians`,
    grid(
      [
        {title: 'records per second'},
        {title: 'median', align: right},
        {title: 'least', align: right},
        {title: 'most', align: right},
      ],
      rates,
    ),
    `memory of the worker: ${memory.join(', ')}`,
    grid(
      titles.map((title) => ({title})),
      verdicts,
    ),
  ].join('\n\n')
}

const text = await withBench(async (bench) => {
  const {series, rss} = await measureAll(bench)
  const rows = judge(series, rss)
  mkdirSync('benchmarks/results', {recursive: true})
  const raw = {
    at: new Date().toISOString(),
    versions: bench.versions,
    series: Object.fromEntries(series),
    rss: Object.fromEntries(rss),
    rows,
  }
  writeFileSync('benchmarks/results/main.json', `${JSON.stringify(raw, null, 2)}\n`)
  return render(series, rss, rows, bench.versions)
})
process.stdout.write(`${text}\n`)

import {mkdirSync, writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type CpuSeconds, totalOf} from './cpu.ts'
import {makeData, makeSample} from './data.ts'
import {ratios, type Summary, summarise} from './measure.ts'
import {bullmqRound, graphileRound} from './peers.ts'
import {badRound, drainRound, enqueueRound, type Figures, scaleRound, smallRound} from './rounds.ts'

/** One line of the result: qtool against a peer, and the target. */
interface Row {
  measure: string
  ours: string
  peer: string
  /** Ours divided by the peer's, round by round. */
  ratio: Summary
  target: string
  reached: boolean
}

const ROUNDS = Number(process.env.ROUNDS ?? 5)
const RECORDS = Number(process.env.RECORDS ?? 500_000)
const SMALL = 20_000
/** A small and a large queue, records. */
const SIZES = [Math.round(RECORDS / 10), RECORDS * 4]

/** Values of all rounds, by the name of the measurement. */
type Series<T = number> = Map<string, T[]>

interface Results {
  /** Records per second. */
  rates: Series
  /** CPU seconds per million records. */
  cpu: Series<CpuSeconds>
  /** Memory of the worker, MiB. */
  rss: Series
}

function add<T>(series: Series<T>, name: string, value: T): void {
  series.set(name, [...(series.get(name) ?? []), value])
}

function addAll({rates, cpu}: Results, figures: Figures): void {
  for (const [name, figure] of Object.entries(figures)) {
    add(rates, name, figure.rate)
    if (figure.cpu) add(cpu, name, figure.cpu)
  }
}

function compare(series: Series, ours: string, peer: string, least: number, measure: string): Row {
  const ratio = summarise(ratios(series.get(ours) ?? [], series.get(peer) ?? []))
  const target = least > 0 ? `>= ${least}` : '-'
  return {measure, ours, peer, ratio, target, reached: ratio.median >= least}
}

/** Compares two series that must not differ by more than `most`, a share. */
function within(series: Series, ours: string, peer: string, most: number, measure: string): Row {
  const row = compare(series, ours, peer, 0, measure)
  const off = Math.abs(row.ratio.median - 1)
  return {...row, target: `1 +- ${most}`, reached: off <= most}
}

async function measureAll(bench: Bench): Promise<Results> {
  const results: Results = {rates: new Map(), cpu: new Map(), rss: new Map()}
  await makeSample(bench.qtool)
  const data = await makeData(bench, RECORDS, 1)
  const small = await makeData(bench, SMALL, 77)
  for (let round = 1; round <= ROUNDS; round++) {
    process.stderr.write(`round ${round} of ${ROUNDS}\n`)
    addAll(results, await enqueueRound(bench, data))
    addAll(results, await drainRound(bench, data))
    addAll(results, await badRound(bench, RECORDS, 2))
    addAll(results, await smallRound(bench, SMALL))
    addAll(results, await bullmqRound(bench, small))
    addAll(results, await graphileRound(bench, small))
    const scale = await scaleRound(bench, SIZES, 3)
    addAll(results, scale.figures)
    for (const [name, value] of Object.entries(scale.rssMiB)) add(results.rss, name, value)
  }
  return results
}

function judge({rates: series, rss}: Results): Row[] {
  const [few, many] = SIZES.map((size) => `work, ${size} records`)
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
    within(series, few, many, 0.15, 'rate by size'),
    within(rss, few, many, 0.2, 'RSS by size'),
  ]
}

const number = (value: number) => (Number.isNaN(value) ? 'n/a' : Math.round(value).toLocaleString('en-US'))
const seconds = (value: number) => (Number.isNaN(value) ? 'n/a' : value.toFixed(2))
const right = 'right' as const

function figureTable({rates, cpu}: Results): string {
  const lines = [...rates].map(([name, values]) => {
    const {median, min, max} = summarise(values)
    const costs = cpu.get(name) ?? []
    const all = summarise(costs.map(totalOf))
    const parts = (['program', 'redis', 'postgres'] as const).map((who) =>
      seconds(summarise(costs.map((cost) => cost[who])).median),
    )
    return [
      name,
      ...[median, min, max].map(number),
      ...parts,
      seconds(all.median),
      `${seconds(all.min)} to ${seconds(all.max)}`,
    ]
  })
  const titles = ['median', 'least', 'most', 'program', 'Redis', 'Postgres', 'all', 'spread']
  return grid([{title: 'measure'}, ...titles.map((title) => ({title, align: right}))], lines)
}

function render(results: Results, rows: Row[], versions: string[]): string {
  const memory = [...results.rss].map(([name, values]) => `${name}: ${number(summarise(values).median)} MiB`)
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
    `Records per second, and CPU seconds per million records:\n\n${figureTable(results)}`,
    `memory of the worker: ${memory.join(', ')}`,
    grid(
      titles.map((title) => ({title})),
      verdicts,
    ),
  ].join('\n\n')
}

const text = await withBench(async (bench) => {
  const results = await measureAll(bench)
  const rows = judge(results)
  mkdirSync('benchmarks/results', {recursive: true})
  const raw = {
    at: new Date().toISOString(),
    versions: bench.versions,
    recordsPerSecond: Object.fromEntries(results.rates),
    cpuSecondsPerMillion: Object.fromEntries(results.cpu),
    rssMiB: Object.fromEntries(results.rss),
    rows,
  }
  writeFileSync('benchmarks/results/main.json', `${JSON.stringify(raw, null, 2)}\n`)
  return render(results, rows, bench.versions)
})
process.stdout.write(`${text}\n`)

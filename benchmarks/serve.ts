/**
 * npm run bench:serve -- [--rounds 5] [--seconds 3] [--records 200000]
 *
 * `qtool serve` beside what it could be at most: its routes beside a bare fastify route that answers a constant, and an
 * upload of NDJSON beside `qtool enqueue` of the same file. In turns within each round, by one generator.
 */
import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {mkdirSync, writeFileSync} from 'node:fs'
import {cpus} from 'node:os'
import {createInterface} from 'node:readline'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {readTimes} from '../src/bench/measure/proc.ts'
import {fire} from '../src/bench/scenarios/api/fire.ts'
import {type OwnServer, withOwnServer} from '../src/bench/scenarios/api/own-server.ts'
import type {Volley} from '../src/bench/scenarios/api/volley.ts'
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type DataFiles, makeData, makeSample} from './data.ts'
import {ratios, summarise} from './measure.ts'
import {uploadFile} from './upload.ts'

const {values: flags} = parseArgs({
  options: {
    rounds: {type: 'string', default: '5'},
    seconds: {type: 'string', default: '3'},
    records: {type: 'string', default: '200000'},
  },
})
const rounds = Number(flags.rounds)
const records = Number(flags.records)

const QUEUE = 'bench-serve'
const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))
const BARE = fileURLToPath(new URL('./bare-server.js', import.meta.url))

/** Requests or records per second of each round, by what was measured. */
const rates = new Map<string, number[]>()
/** CPU seconds of the server per 1,000 requests of each round, which hold on a busy machine where rates do not. */
const costs = new Map<string, number[]>()
/** Busiest round of the generator, 0 to 1, by what was measured. */
const busiest = new Map<string, number>()
let failed = 0
let asked = 0

const COMPARED = [
  {name: 'GET /health', beside: 'bare fastify', least: 0.6},
  {name: 'GET /admin/queue/stats', beside: 'bare fastify', least: 0.4},
  {name: 'NDJSON through HTTP', beside: 'qtool enqueue', least: 0.6},
]

function add(series: Map<string, number[]>, name: string, value: number): void {
  series.set(name, [...(series.get(name) ?? []), value])
}

/** Starts the bare server for `use`. */
async function withBare(use: (server: OwnServer) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [BARE], {stdio: ['ignore', 'ignore', 'pipe']})
  try {
    const [url] = await once(createInterface({input: child.stderr}), 'line')
    await use({url, token: '', pid: child.pid ?? 0})
  } finally {
    child.kill()
  }
}

/** @returns with the CPU time of the server in the measured time, ms */
async function load(
  {url, token, pid}: OwnServer,
  path: string,
  connections: number,
): Promise<Volley & {serverMs: number}> {
  const target = {url: url + path, token, connections, warmupMs: 500, ms: Number(flags.seconds) * 1000}
  const spent = () => readTimes(pid)?.cpuMs ?? Number.NaN
  let serverMs = 0
  const watch = {
    begin: () => {
      serverMs = -spent()
    },
    end: () => {
      serverMs += spent()
    },
  }
  const volley = await fire(target, watch, new AbortController().signal)
  return {...volley, serverMs}
}

async function measure(name: string, server: OwnServer, path: string): Promise<void> {
  const {good, bad, seconds, busy, serverMs} = await load(server, path, 50)
  if (bad > 0) throw new Error(`${name}: ${bad} requests failed with 50 connections`)
  add(rates, name, good / seconds)
  add(costs, name, serverMs / good)
  busiest.set(name, Math.max(busiest.get(name) ?? 0, busy))
}

/** Requests that failed with 500 connections. */
async function crowd(server: OwnServer, path: string): Promise<void> {
  const {good, bad, lost} = await load(server, path, 500)
  failed += bad + lost
  asked += good + bad
}

async function upload(bench: Bench, server: OwnServer, {ndjson}: DataFiles): Promise<void> {
  const started = performance.now()
  const enqueued = await uploadFile(server, ndjson, QUEUE)
  if (enqueued !== records) throw new Error(`expected ${records} records to be enqueued, got ${enqueued}`)
  add(rates, 'NDJSON through HTTP', records / ((performance.now() - started) / 1000))
  await bench.qtool('purge', '-q', QUEUE, '--yes')
}

async function enqueue(bench: Bench, {ndjson}: DataFiles): Promise<void> {
  const {seconds} = await bench.qtool('enqueue', ndjson, '-q', QUEUE)
  add(rates, 'qtool enqueue', records / seconds)
  await bench.qtool('purge', '-q', QUEUE, '--yes')
}

async function round(bench: Bench, server: OwnServer, bare: OwnServer, data: DataFiles): Promise<void> {
  await measure('bare fastify', bare, '/')
  await measure('GET /health', server, '/health')
  await measure('GET /admin/queue/stats', server, '/admin/queue/stats')
  await crowd(server, '/health')
  await crowd(server, '/admin/queue/stats')
  await upload(bench, server, data)
  await enqueue(bench, data)
}

const number = (value: number) => Math.round(value).toLocaleString('en-US')

function render(versions: string[]): string {
  const lines = [...rates].map(([name, values]) => {
    const {median, min, max} = summarise(values)
    const busy = busiest.get(name)
    const cost = costs.get(name)
    return [
      name,
      ...[median, min, max].map(number),
      cost === undefined ? '-' : summarise(cost).median.toFixed(3),
      busy === undefined ? '-' : `${Math.round(busy * 100)} %`,
    ]
  })
  const verdicts = COMPARED.map(({name, beside, least}) => {
    const {median, min, max} = summarise(ratios(rates.get(name) ?? [], rates.get(beside) ?? []))
    const verdict = median >= least ? 'reached' : 'NOT REACHED'
    const [own = [], other = []] = [costs.get(name), costs.get(beside)]
    const cpu = own.length > 0 ? summarise(ratios(other, own)).median.toFixed(2) : '-'
    return [
      name,
      beside,
      median.toFixed(2),
      cpu,
      `${min.toFixed(2)} to ${max.toFixed(2)}`,
      `>= ${least}`,
      verdict,
    ]
  })
  const columns = (titles: string[]) => titles.map((title) => ({title}))
  return [
    `${versions.join(', ')}; ${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}; ${rounds} rounds`,
    `Requests per second with 50 connections, and records per second:`,
    grid(columns(['measure', 'median', 'least', 'most', 'CPU s per 1,000', 'generator busy']), lines),
    grid(columns(['qtool', 'against', 'ratio', 'by CPU', 'spread', 'target', 'verdict']), verdicts),
    `failed requests with 500 connections: ${number(failed)} of ${number(asked)} (target 0)`,
  ].join('\n\n')
}

const text = await withBench(async (bench) => {
  await makeSample(bench.qtool)
  const data = await makeData(bench, records, 1)
  const {redisUrl, databaseUrl} = bench
  await withOwnServer({redisUrl, databaseUrl, pool: 20, bin: BIN}, (server) =>
    withBare(async (bare) => {
      for (let n = 1; n <= rounds; n++) {
        process.stderr.write(`round ${n} of ${rounds}\n`)
        await round(bench, server, bare, data)
      }
    }),
  )
  mkdirSync('benchmarks/results', {recursive: true})
  const raw = {
    at: new Date().toISOString(),
    rates: Object.fromEntries(rates),
    costs: Object.fromEntries(costs),
    failed,
    asked,
  }
  writeFileSync('benchmarks/results/serve.json', `${JSON.stringify(raw, null, 2)}\n`)
  return render(bench.versions)
})
process.stdout.write(`${text}\n`)

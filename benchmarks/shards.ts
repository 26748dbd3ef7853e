/**
 * npm run bench:shards -- [--enqueue 300000] [--drain 200000] [--rounds 3] [--nodes 1,2,3,4,6]
 *
 * What shards cost on one Redis, and what nodes would bring. First a plain queue beside queues of 1, 2 and 3 shards on one
 * server, in turns. Then queues of 4 shards a node on clusters of several nodes of this machine. All nodes share its cores,
 * so a rate says nothing about several machines; what counts is the CPU time of the busiest node, since a node executes one
 * command at a time: if each had a core of its own, the nodes could carry 1 / (that time for a record). A curve (Universal
 * Scalability Law) through all but the largest cluster is checked against that one, and says what 16 nodes would carry.
 */
import {mkdir} from 'node:fs/promises'
import {cpus} from 'node:os'
import {join} from 'node:path'
import {parseArgs} from 'node:util'
import {Redis} from 'ioredis'
import {stackPaths} from '../src/stack/paths.ts'
import {freePort} from '../src/stack/process.ts'
import {joinCluster, nodeSettings} from '../src/stack/redis/form-cluster.ts'
import {startRedis} from '../src/stack/redis/redis.ts'
import {findRedis} from '../src/stack/redis/redis-binary.ts'
import {stopServer} from '../src/stack/stop.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type DataFiles, makeData, makeSample} from './data.ts'
import {runProcess} from './measure.ts'
import {type Cost, type Costs, model, TASKS, type Task, table} from './shards-table.ts'

const {values: flags} = parseArgs({
  options: {
    enqueue: {type: 'string', default: '300000'},
    drain: {type: 'string', default: '200000'},
    rounds: {type: 'string', default: '3'},
    nodes: {type: 'string', default: '1,2,3,4,6'},
  },
})
const counts = {enqueue: Number(flags.enqueue), drain: Number(flags.drain)}
const rounds = Number(flags.rounds)
const nodeCounts = flags.nodes.split(',').map(Number)
const SHARDS_PER_NODE = 4
const PASSWORD = 'bench'
/** Servers that hold one queue. */
interface Place {
  name: string
  url: string
  servers: Redis[]
  /** Flags that make the queue. */
  spread: string[]
}

const spreadOver = (shards: number) => ['--shards', String(shards), '--shard-by', 'flight_uuid']

async function cpuOf(server: Redis): Promise<number> {
  const info = await server.info('cpu')
  const seconds = (name: string) => Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(info)?.[1])
  return seconds('used_cpu_user') + seconds('used_cpu_sys')
}

async function spend(bench: Bench, place: Place, records: number, args: string[]): Promise<Cost> {
  const env = {
    ...bench.env,
    REDIS_URL: place.url,
    DATABASE_URL: bench.databaseUrl,
    REDIS_MAX_CONNECTIONS: '500',
  }
  const before = await Promise.all(place.servers.map(cpuOf))
  const run = () => runProcess(process.execPath, ['bin/run.js', ...args], env)
  const {result, cpu} = await bench.cpu.measure('commands', run)
  const after = await Promise.all(place.servers.map(cpuOf))
  const spent = after.map((cpu, i) => ((cpu - before[i]) * 1e6) / records)
  return {
    qtool: (cpu.program * 1e6) / records,
    all: spent.reduce((sum, one) => sum + one, 0),
    busiest: Math.max(...spent),
    rate: records / result.seconds,
  }
}

async function round(
  bench: Bench,
  place: Place,
  files: Record<Task, DataFiles>,
): Promise<Record<Task, Cost>> {
  const clean = async () => {
    await bench.pool.query('TRUNCATE live_track_points')
    for (const server of place.servers) await server.flushall('SYNC')
  }
  const put = (file: DataFiles) => ['enqueue', file.ndjson, '-q', 'bench', ...place.spread]
  await clean()
  const enqueue = await spend(bench, place, files.enqueue.count, put(files.enqueue))
  await clean()
  await spend(bench, place, files.drain.count, put(files.drain))
  const work = ['work', '-q', 'bench', '--table', 'live_track_points', '--workers', '4', '--until-empty']
  const drain = await spend(bench, place, files.drain.count, work)
  const {rows} = await bench.pool.query<{n: string}>('SELECT count(*) AS n FROM live_track_points')
  if (Number(rows[0].n) !== files.drain.count)
    throw new Error(`expected ${files.drain.count} rows, found ${rows[0].n}`)
  return {enqueue, drain}
}

async function measure(
  bench: Bench,
  places: Place[],
  files: Record<Task, DataFiles>,
): Promise<Map<string, Costs>> {
  const costs = new Map<string, Costs>()
  for (let i = 1; i <= rounds; i++) {
    for (const place of i % 2 === 1 ? places : places.toReversed()) {
      process.stderr.write(`round ${i} of ${rounds}: ${place.name}\n`)
      const cost = await round(bench, place, files)
      const known = costs.get(place.name) ?? {enqueue: [], drain: []}
      for (const task of TASKS) known[task].push(cost[task])
      costs.set(place.name, known)
    }
  }
  return costs
}

/** Lends a cluster of so many nodes, all on this machine. */
async function withNodes<T>(bench: Bench, nodes: number, use: (place: Place) => Promise<T>): Promise<T> {
  const paths = stackPaths(bench.env)
  const binary = await findRedis(paths, bench.env)
  const started: Array<{port: number; folder: string}> = []
  const servers: Redis[] = []
  try {
    for (let i = 0; i < nodes; i++) {
      const folder = join(bench.folder, `cluster-${nodes}-${i}`)
      await mkdir(folder, {mode: 0o711})
      const [port, busPort] = [await freePort(), await freePort()]
      const settings = nodeSettings({busPort, nodeTimeoutMs: 15_000})
      await startRedis(binary, {folder, port, password: PASSWORD, account: paths.account, settings})
      started.push({port, folder})
      servers.push(new Redis({port, password: PASSWORD}))
    }
    await joinCluster(started, {primaries: nodes, password: PASSWORD})
    const url = `redis+cluster://:${PASSWORD}@127.0.0.1:${started[0].port}`
    return await use({name: `${nodes} nodes`, url, servers, spread: spreadOver(nodes * SHARDS_PER_NODE)})
  } finally {
    for (const server of servers) server.disconnect()
    for (const {folder} of started) await stopServer('node1', folder)
  }
}

await withBench(async (bench) => {
  await makeSample(bench.qtool)
  const files = {
    enqueue: await makeData(bench, counts.enqueue, 2),
    drain: await makeData(bench, counts.drain, 3),
  }
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  process.stdout.write(
    `${bench.versions.join(', ')}; ${machine}; enqueue ${counts.enqueue}, drain ${counts.drain}\n`,
  )
  process.stdout.write(
    'CPU seconds per million records, of qtool, of all nodes of Redis and of the busiest; medians\n\n',
  )
  const one = {url: bench.redisUrl, servers: [bench.redis]}
  const places = [
    {...one, name: 'plain', spread: []},
    ...[1, 2, 3].map((shards) => ({...one, name: `${shards} shards`, spread: spreadOver(shards)})),
  ]
  process.stdout.write(`${table(await measure(bench, places, files))}\n\n`)
  const clusters = new Map<string, Costs>()
  for (const nodes of nodeCounts) {
    const costs = await withNodes(bench, nodes, (place) => measure(bench, [place], files))
    for (const [name, cost] of costs) clusters.set(name, cost)
  }
  process.stdout.write(`${table(clusters)}\n\n${model(clusters, nodeCounts)}\n`)
})

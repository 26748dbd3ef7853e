/**
 * npm run bench:cluster -- [--enqueue 500000] [--drain 300000] [--rounds 7]
 *
 * Measures the CPU seconds that qtool, Redis and Postgres spend on one million records over a Redis Cluster of one shard,
 * beside a single Redis of the same version, in turns.
 */
import {mkdir} from 'node:fs/promises'
import {cpus} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {Redis} from 'ioredis'
import {stackPaths} from '../src/stack/paths.ts'
import {freePort} from '../src/stack/process.ts'
import {joinCluster, nodeSettings} from '../src/stack/redis/form-cluster.ts'
import {startRedis} from '../src/stack/redis/redis.ts'
import {findRedis} from '../src/stack/redis/redis-binary.ts'
import {stopServer} from '../src/stack/stop.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {openBuild} from './build.ts'
import {makeCostFiles, takeTurns} from './cost-round.ts'
import {costTable, ratioTable} from './cost-table.ts'
import {CpuAccount} from './cpu.ts'

const {values: flags} = parseArgs({
  options: {
    enqueue: {type: 'string', default: '500000'},
    drain: {type: 'string', default: '300000'},
    rounds: {type: 'string', default: '7'},
  },
})
const counts = {enqueue: Number(flags.enqueue), drain: Number(flags.drain)}
const PASSWORD = 'bench'
const BIN = resolve('bin/run.js')

/** Lends the same stack with a cluster of one node, which has all slots, in place of its Redis. */
async function withOneShard<T>(bench: Bench, use: (bench: Bench) => Promise<T>): Promise<T> {
  const paths = stackPaths(bench.env)
  const folder = join(bench.folder, 'node')
  await mkdir(folder, {mode: 0o711})
  const [port, busPort] = [await freePort(), await freePort()]
  const settings = nodeSettings({busPort, nodeTimeoutMs: 15_000})
  const binary = await findRedis(paths, bench.env)
  await startRedis(binary, {folder, port, password: PASSWORD, account: paths.account, settings})
  const redis = new Redis({port, password: PASSWORD})
  try {
    await joinCluster([{port}], {primaries: 1, password: PASSWORD})
    const redisUrl = `redis+cluster://:${PASSWORD}@127.0.0.1:${port}`
    return await use({...bench, redis, redisUrl, cpu: await CpuAccount.open(redis, bench.pool)})
  } finally {
    redis.disconnect()
    await stopServer('node1', folder)
  }
}

await withBench((bench) =>
  withOneShard(bench, async (sharded) => {
    const single = await openBuild(bench, 'single', BIN)
    const cluster = await openBuild(sharded, 'cluster', BIN, 'cluster')
    const builds = []
    for (const build of [single, cluster]) builds.push({build, files: await makeCostFiles(build, counts)})
    const costs = await takeTurns(builds, Number(flags.rounds))
    for (const {build} of builds) await build.pool.end()
    const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
    const sizes = `enqueue ${counts.enqueue} and drain ${counts.drain} records`
    process.stdout.write(`${bench.versions.join(', ')}; ${machine}; ${sizes}, ${flags.rounds} rounds\n`)
    process.stdout.write(`CPU seconds per million records; records a second\n\n${costTable(costs)}\n`)
    process.stdout.write(`\n${ratioTable(costs, ['cluster', 'single'])}\n`)
  }),
)

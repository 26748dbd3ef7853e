/**
 * npm run bench:engines -- [--engines list,stream] [--enqueue 500000] [--drain 300000] [--rounds 7] [--most 1.25]
 *
 * Measures the CPU seconds that qtool, Redis and Postgres spend on one million records in queues that keep their items in
 * another way, beside sorted sets, in turns on the same servers. With --most, it exits with 5 if a median ratio of all CPU
 * is higher.
 */
import {cpus} from 'node:os'
import {resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {ENGINE_KINDS} from '../src/config/queue-said.ts'
import type {EngineKind} from '../src/queue/kinds.ts'
import {withBench} from './bench-servers.ts'
import {openBuild} from './build.ts'
import {makeCostFiles, TASKS, takeTurns} from './cost-round.ts'
import {costTable, ratioOf, ratioTable} from './cost-table.ts'

const {values: flags} = parseArgs({
  options: {
    engines: {type: 'string', default: 'list,stream'},
    enqueue: {type: 'string', default: '500000'},
    drain: {type: 'string', default: '300000'},
    rounds: {type: 'string', default: '7'},
    most: {type: 'string'},
  },
})
const counts = {enqueue: Number(flags.enqueue), drain: Number(flags.drain)}
const most = Number(flags.most ?? Number.POSITIVE_INFINITY)
const others = flags.engines.split(',').map(kindOf)

function kindOf(text: string): EngineKind {
  const kind = ENGINE_KINDS.find((one) => one === text)
  if (kind) return kind
  throw new Error(`expected --engines to name ${ENGINE_KINDS.join(', ')}, got ${text}`)
}

await withBench(async (bench) => {
  const builds = []
  for (const engine of ['zset' as const, ...others]) {
    const build = {...(await openBuild(bench, engine, resolve('bin/run.js'))), engine}
    builds.push({build, files: await makeCostFiles(build, counts)})
  }
  const costs = await takeTurns(builds, Number(flags.rounds))
  for (const {build} of builds) await build.pool.end()
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  const sizes = `enqueue ${counts.enqueue} and drain ${counts.drain} records`
  process.stdout.write(`${bench.versions.join(', ')}; ${machine}; ${sizes}, ${flags.rounds} rounds\n`)
  process.stdout.write(`CPU seconds per million records; records a second\n\n${costTable(costs)}\n`)
  for (const other of others) process.stdout.write(`\n${ratioTable(costs, [other, 'zset'])}\n`)
  const dear = others.flatMap((other) =>
    TASKS.filter((task) => ratioOf(costs, [other, 'zset'], task, 'all').median > most).map(
      (task) => `${other} ${task}`,
    ),
  )
  if (dear.length > 0) process.exitCode = 5
  if (Number.isFinite(most)) {
    process.stdout.write(
      `\n${dear.length > 0 ? `MORE than ${most}: ${dear.join(', ')}` : `within ${most}`}\n`,
    )
  }
})

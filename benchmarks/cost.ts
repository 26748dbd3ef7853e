/**
 * npm run bench:cost -- [--against FOLDER] [--enqueue 500000] [--drain 300000] [--rounds 7] [--most 1.03]
 *
 * Measures the CPU seconds that qtool, Redis and Postgres spend on one million records. --against compares this
 * checkout with another, in turns on the same servers, each in its own database; with --most, it exits with 5 if a
 * median ratio is higher.
 */
import {spawnSync} from 'node:child_process'
import {cpus} from 'node:os'
import {join, resolve} from 'node:path'
import {parseArgs} from 'node:util'
import {type Bench, withBench} from './bench-servers.ts'
import {type Build, openBuild} from './build.ts'
import {type CostFiles, makeCostFiles, TASKS, takeTurns} from './cost-round.ts'
import {type Costs, costTable, ratioOf, ratioTable} from './cost-table.ts'

const {values: flags} = parseArgs({
  options: {
    against: {type: 'string'},
    enqueue: {type: 'string', default: '500000'},
    drain: {type: 'string', default: '300000'},
    rounds: {type: 'string', default: '7'},
    most: {type: 'string'},
  },
})
const counts = {enqueue: Number(flags.enqueue), drain: Number(flags.drain)}
const most = Number(flags.most ?? Number.POSITIVE_INFINITY)
const folders = {this: '.', ...(flags.against === undefined ? {} : {other: flags.against})}

async function measureAll(bench: Bench): Promise<Costs> {
  const builds: Array<{build: Build; files: CostFiles}> = []
  try {
    for (const [name, folder] of Object.entries(folders)) {
      const build = await openBuild(bench, name, join(resolve(folder), 'bin/run.js'))
      builds.push({build, files: await makeCostFiles(build, counts)})
    }
    return await takeTurns(builds, Number(flags.rounds))
  } finally {
    for (const {build} of builds) await build.pool.end()
  }
}

for (const folder of Object.values(folders)) {
  const {status} = spawnSync(process.execPath, [join(resolve(folder), 'bin/setup.js')], {stdio: 'inherit'})
  if (status !== 0) throw new Error(`expected ${folder} to be a checkout of qtool that builds`)
}
await withBench(async (bench) => {
  const costs = await measureAll(bench)
  const machine = `${cpus().length} cores, ${cpus()[0]?.model ?? 'unknown'}`
  const sizes = `enqueue ${counts.enqueue} and drain ${counts.drain} records`
  process.stdout.write(`${bench.versions.join(', ')}; ${machine}; ${sizes}, ${flags.rounds} rounds\n`)
  process.stdout.write(`CPU seconds per million records; records a second\n\n${costTable(costs)}\n`)
  if (flags.against === undefined) return
  process.stdout.write(`\n${ratioTable(costs, ['this', 'other'])}\n`)
  const dear = TASKS.filter((task) => ratioOf(costs, ['this', 'other'], task, 'all').median > most)
  if (dear.length > 0) process.exitCode = 5
  if (Number.isFinite(most))
    process.stdout.write(
      `\n${dear.length > 0 ? `MORE than ${most}: ${dear.join(', ')}` : `within ${most}`}\n`,
    )
})

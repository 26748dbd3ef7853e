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
import {grid} from '../src/render/table.ts'
import {type Bench, withBench} from './bench-servers.ts'
import {type Build, openBuild} from './build.ts'
import {
  type CostFiles,
  costRound,
  FIGURES,
  makeCostFiles,
  type RoundCost,
  TASKS,
  type Task,
} from './cost-round.ts'
import {ratios, summarise} from './measure.ts'

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

type Costs = Map<string, RoundCost[]>

async function measureAll(bench: Bench): Promise<Costs> {
  const builds: Array<{build: Build; files: CostFiles}> = []
  try {
    for (const [name, folder] of Object.entries(folders)) {
      const build = await openBuild(bench, name, join(resolve(folder), 'bin/run.js'))
      builds.push({build, files: await makeCostFiles(build, counts)})
    }
    return await takeTurns(builds)
  } finally {
    for (const {build} of builds) await build.pool.end()
  }
}

async function takeTurns(builds: Array<{build: Build; files: CostFiles}>): Promise<Costs> {
  const costs: Costs = new Map()
  for (let round = 1; round <= Number(flags.rounds); round++) {
    // The first build finds the caches as the other left them, so they take turns at being first
    for (const {build, files} of round % 2 === 1 ? builds : builds.toReversed()) {
      process.stderr.write(`round ${round} of ${flags.rounds}: ${build.name}\n`)
      costs.set(build.name, [...(costs.get(build.name) ?? []), await costRound(build, files)])
    }
  }
  return costs
}

const right = 'right' as const

function costTable(costs: Costs): string {
  const rows = TASKS.flatMap((task) =>
    [...costs].flatMap(([name, rounds]) =>
      FIGURES.map((figure) => {
        const {median, min, max} = summarise(rounds.map((round) => round[task][figure]))
        return [task, name, figure, median, min, max].map((cell) =>
          typeof cell === 'number' ? show(cell) : cell,
        )
      }),
    ),
  )
  const figures = ['median', 'least', 'most'].map((title) => ({title, align: right}))
  return grid([{title: 'task'}, {title: 'build'}, {title: 'figure'}, ...figures], rows)
}

/** this ÷ other, round by round. */
function ratioOf(costs: Costs, task: Task, figure: (typeof FIGURES)[number]) {
  const [ours, theirs] = ['this', 'other'].map((name) => costs.get(name)?.map((round) => round[task][figure]))
  return summarise(ratios(ours ?? [], theirs ?? []))
}

function ratioTable(costs: Costs): string {
  const rows = TASKS.flatMap((task) =>
    FIGURES.map((figure) => {
      const {median, min, max} = ratioOf(costs, task, figure)
      return [task, figure, median.toFixed(3), min.toFixed(3), max.toFixed(3)]
    }),
  )
  const figures = ['this ÷ other', 'least', 'most'].map((title) => ({title, align: right}))
  return grid([{title: 'task'}, {title: 'figure'}, ...figures], rows)
}

function show(value: number): string {
  return value < 100 ? value.toFixed(3) : Math.round(value).toLocaleString('en-US')
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
  process.stdout.write(`\n${ratioTable(costs)}\n`)
  const dear = TASKS.filter((task) => ratioOf(costs, task, 'all').median > most)
  if (dear.length > 0) process.exitCode = 5
  if (Number.isFinite(most))
    process.stdout.write(
      `\n${dear.length > 0 ? `MORE than ${most}: ${dear.join(', ')}` : `within ${most}`}\n`,
    )
})

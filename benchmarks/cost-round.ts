import type {EngineKind} from '../src/queue/kinds.ts'
import {queueKeys} from '../src/redis/keys.ts'
import type {Build} from './build.ts'
import {type CpuSeconds, perMillion, totalOf} from './cpu.ts'
import {clean, type DataFiles, makeData} from './data.ts'
import type {ProcessRun} from './measure.ts'

export const TASKS = ['enqueue', 'drain'] as const
export type Task = (typeof TASKS)[number]

/** CPU seconds per million records, except `rate`: records per second. */
export const FIGURES = ['qtool', 'qtool without its start', 'Redis', 'Postgres', 'all', 'rate'] as const
export type RoundCost = Record<Task, Record<(typeof FIGURES)[number], number>>

const QUEUE = 'bench'
const WORK = ['work', '-q', QUEUE, '--table', 'live_track_points', '--workers', '10', '--until-empty']

/** Files of records whose flights are in the database of a build. */
export interface CostFiles {
  one: DataFiles
  enqueue: DataFiles
  drain: DataFiles
}

export async function makeCostFiles(build: Build, counts: Record<Task, number>): Promise<CostFiles> {
  return {
    one: await makeData(build, 1, 1),
    enqueue: await makeData(build, counts.enqueue, 2),
    drain: await makeData(build, counts.drain, 3),
  }
}

/** Enqueues a file and drains a queue, each as a whole command; doing so with one record shows the cost of starting. */
export async function costRound(build: Build, files: CostFiles): Promise<RoundCost> {
  const into = ['-q', QUEUE, ...MADE[build.engine]]
  await clean(build)
  const startEnqueue = await spend(build, 'enqueue', files.one.ndjson, ...into)
  const startDrain = await spend(build, ...WORK)
  await clean(build)
  const enqueue = await spend(build, 'enqueue', files.enqueue.ndjson, ...into)
  expectCount(await readyIn(build), files.enqueue.count)
  await clean(build)
  await build.qtool('enqueue', files.drain.ndjson, ...into)
  const drain = await spend(build, ...WORK)
  const {rows} = await build.pool.query<{n: string}>('SELECT count(*) AS n FROM live_track_points')
  expectCount(Number(rows[0].n), files.drain.count)
  return {
    enqueue: costOf(enqueue, startEnqueue, files.enqueue.count),
    drain: costOf(drain, startDrain, files.drain.count),
  }
}

/** How a queue of each kind is made; the usual one is made by builds that know no other. */
const MADE: Record<EngineKind, string[]> = {
  zset: [],
  list: ['--engine', 'list', '--list-pops', 'left'],
  stream: ['--engine', 'stream'],
}

function readyIn({redis, layout, engine}: Build): Promise<number> {
  const {ready} = queueKeys(QUEUE, layout)
  if (engine === 'list') return redis.llen(ready)
  return engine === 'stream' ? redis.xlen(ready) : redis.zcard(ready)
}

/** Measures builds in turns. @returns the rounds of each, by its name */
export async function takeTurns(
  builds: Array<{build: Build; files: CostFiles}>,
  rounds: number,
): Promise<Map<string, RoundCost[]>> {
  const costs = new Map<string, RoundCost[]>()
  for (let round = 1; round <= rounds; round++) {
    // The first build finds the caches as the other left them, so they take turns at being first
    for (const {build, files} of round % 2 === 1 ? builds : builds.toReversed()) {
      process.stderr.write(`round ${round} of ${rounds}: ${build.name}\n`)
      costs.set(build.name, [...(costs.get(build.name) ?? []), await costRound(build, files)])
    }
  }
  return costs
}

interface Spent {
  run: ProcessRun
  cpu: CpuSeconds
}

async function spend(build: Build, ...args: string[]): Promise<Spent> {
  const {result, cpu} = await build.cpu.measure('commands', () => build.qtool(...args))
  return {run: result, cpu}
}

function costOf({run, cpu}: Spent, start: Spent, records: number): RoundCost[Task] {
  const each = perMillion(cpu, records)
  return {
    qtool: each.program,
    'qtool without its start': each.program - perMillion(start.cpu, records).program,
    Redis: each.redis,
    Postgres: each.postgres,
    all: totalOf(each),
    rate: records / run.seconds,
  }
}

function expectCount(found: number, wanted: number): void {
  if (found !== wanted) throw new Error(`expected ${wanted} records, found ${found}: no figure can be given`)
}

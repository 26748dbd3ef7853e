import {type Bench, withBench} from './bench.ts'
import {readEnvironment} from './environment.ts'
import type {Findings} from './findings.ts'
import {emptyPlace} from './place.ts'
import type {BenchRun, Check, Scenario} from './run.ts'
import {median} from './stats/summary.ts'
import {newRunId} from './store.ts'
import {checkThresholds, type Threshold} from './threshold.ts'

export interface RoundsOptions {
  scenario: Scenario
  label: string | null
  rounds: number
  thresholds: Threshold[]
  redisUrl: string
  databaseUrl: string
  /** Connections to Postgres that the scenario uses at the same time. */
  connections: number
  signal: AbortSignal
  onStep(text: string): void
}

/**
 * Runs a scenario, several times where asked, each in an empty place. What is shown in full is the last round; the
 * figures are medians over all.
 */
export async function runRounds(
  options: RoundsOptions,
  scenario: (bench: Bench) => Promise<Findings>,
): Promise<BenchRun> {
  const startedAt = new Date()
  const id = newRunId(options.scenario, startedAt)
  const started = performance.now()
  const rounds: Findings[] = []
  const environment = await withBench(id, options, async (bench) => {
    const found = await readEnvironment({redis: bench.observer, pool: bench.pool})
    for (let round = 1; round <= options.rounds && !options.signal.aborted; round++) {
      if (round > 1) await emptyPlace(bench.redis, bench.pool, bench.place)
      const prefix = options.rounds > 1 ? `round ${round} of ${options.rounds}: ` : ''
      rounds.push(await scenario({...bench, onStep: (text) => options.onStep(prefix + text)}))
    }
    return found
  })
  const {verdict, invalid, ...last} = rounds[rounds.length - 1]
  const collected = collect(rounds)
  const metrics = {...last.metrics, ...medians(collected)}
  const checks = [...allChecks(rounds), ...checkThresholds(metrics, options.thresholds)]
  const invalids = rounds.flatMap((round) => round.invalid ?? [])
  return {
    format: 1,
    id,
    scenario: options.scenario,
    label: options.label,
    startedAt: startedAt.toISOString(),
    seconds: (performance.now() - started) / 1000,
    ...last,
    state: stateOf(options.signal, invalids, checks),
    verdict: invalids[0] ?? verdict,
    checks,
    metrics,
    rounds: collected,
    environment,
  }
}

function stateOf(signal: AbortSignal, invalids: string[], checks: Check[]): BenchRun['state'] {
  if (signal.aborted) return 'interrupted'
  if (invalids.length > 0) return 'invalid'
  return checks.every((check) => check.ok) ? 'ok' : 'failed'
}

/** Of each check the first that failed in any round, else the last. */
function allChecks(rounds: Findings[]): Check[] {
  const byName = new Map<string, Check>()
  for (const check of rounds.flatMap((round) => round.checks)) {
    if (byName.get(check.name)?.ok !== false) byName.set(check.name, check)
  }
  return [...byName.values()]
}

/** The figures that every round has. */
function collect(rounds: Findings[]): Record<string, number[]> {
  const names = Object.keys(rounds[0].metrics).filter((name) => rounds.every(({metrics}) => name in metrics))
  return Object.fromEntries(names.map((name) => [name, rounds.map(({metrics}) => metrics[name])]))
}

function medians(collected: Record<string, number[]>): Record<string, number> {
  return Object.fromEntries(Object.entries(collected).map(([name, values]) => [name, median(values)]))
}

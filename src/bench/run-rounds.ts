import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {keepMemoryFlat} from '../memory.ts'
import {readEnvironment} from './environment.ts'
import type {Findings} from './findings.ts'
import type {BenchRun, Check, Environment, Scenario} from './run.ts'
import {median} from './stats/summary.ts'
import {newRunId} from './store.ts'
import {checkThresholds, type Threshold} from './threshold.ts'

export interface RoundsOptions {
  scenario: Scenario
  label: string | null
  rounds: number
  thresholds: Threshold[]
  signal: AbortSignal
  onStep(text: string): void
}

/** What a scenario works with is open: it can be run. */
export interface Session {
  observer: Redis
  /** Undefined where the scenario needs no Postgres. */
  pool?: Pool
  /** @param round from 1; each begins with nothing of the one before */
  run(round: number, onStep: (text: string) => void): Promise<Findings>
}

/** Opens what a scenario works with, lends it, and takes it away again. @param id of the run */
export type OpenSession = (
  id: string,
  use: (session: Session) => Promise<Environment>,
) => Promise<Environment>

/**
 * Runs a scenario, several times where asked. What is shown in full is the last round; the figures are medians over
 * all.
 */
export async function runRounds(options: RoundsOptions, open: OpenSession): Promise<BenchRun> {
  keepMemoryFlat()
  const startedAt = new Date()
  const id = newRunId(options.scenario, startedAt)
  const started = performance.now()
  const rounds: Findings[] = []
  const environment = await open(id, async (session) => {
    const found = await readEnvironment({redis: session.observer, pool: session.pool})
    // The first one runs to its end, however short, even where it was interrupted before it began
    for (let round = 1; round === 1 || (round <= options.rounds && !options.signal.aborted); round++) {
      const prefix = options.rounds > 1 ? `round ${round} of ${options.rounds}: ` : ''
      rounds.push(await session.run(round, (text) => options.onStep(prefix + text)))
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

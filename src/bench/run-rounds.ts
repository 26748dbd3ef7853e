import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import {keepMemoryFlat} from '../memory.ts'
import {shortFigure} from '../render/bench/figures.ts'
import {metricOf} from '../threshold/metric.ts'
import {checkThresholds, type Threshold, unjudged} from '../threshold/threshold.ts'
import {readEnvironment} from './environment/environment.ts'
import {type Findings, interruptedEarly} from './findings.ts'
import type {Environment} from './shape/environment.ts'
import type {Check, Comparison} from './shape/findings.ts'
import type {BenchRun, Scenario} from './shape/run.ts'
import {median} from './stats/summary.ts'
import {newRunId} from './store/store.ts'

export interface RoundsOptions {
  scenario: Scenario
  label: string | null
  rounds: number
  thresholds: Threshold[]
  signal: AbortSignal
  onStep(text: string, lastsMs?: number): void
}

/** A scenario with its connections open, ready to run. */
export interface Session {
  observer: Redis
  /** Undefined if the scenario does not use Postgres. */
  pool?: Pool
  /** @param round from 1; each starts afresh */
  run(round: number, onStep: RoundsOptions['onStep']): Promise<Findings>
}

/** Opens a session for `use`, and closes it afterwards. @param id of the run */
export type OpenSession = (
  id: string,
  use: (session: Session) => Promise<Environment>,
) => Promise<Environment>

/**
 * Runs a scenario for the requested number of rounds. The steps are those of the last round; the figures are medians
 * over all rounds.
 */
export async function runRounds(options: RoundsOptions, open: OpenSession): Promise<BenchRun> {
  keepMemoryFlat()
  const startedAt = new Date()
  const id = newRunId(options.scenario, startedAt)
  const started = performance.now()
  const rounds: Findings[] = []
  const environment = await open(id, async (session) => {
    const found = await readEnvironment({redis: session.observer, pool: session.pool})
    if (options.signal.aborted) throw interruptedEarly()
    for (let round = 1; round <= options.rounds && !(round > 1 && options.signal.aborted); round++) {
      const prefix = options.rounds > 1 ? `round ${round} of ${options.rounds}: ` : ''
      rounds.push(await session.run(round, (text, lastsMs) => options.onStep(prefix + text, lastsMs)))
    }
    return found
  })
  const {verdict, invalid, atLeast: _open, ...last} = rounds[rounds.length - 1]
  const collected = collect(rounds)
  // A figure that some round has not measured has no median
  const metrics = medians(collected)
  const checks = [...allChecks(rounds), ...checkThresholds(metrics, options.thresholds)]
  const atLeast = [...new Set(rounds.flatMap((round) => round.atLeast ?? []))]
  const undecided = unjudged(metrics, options.thresholds, atLeast)
  const invalids = [...rounds.flatMap((round) => round.invalid ?? []), ...undecided]
  return {
    format: 2,
    id,
    scenario: options.scenario,
    label: options.label,
    startedAt: startedAt.toISOString(),
    seconds: (performance.now() - started) / 1000,
    ...last,
    state: stateOf(options.signal, invalids, checks),
    verdict: invalids[0] ?? (rounds.length > 1 ? verdictOf(collected) : verdict),
    comparisons: medianComparisons(rounds),
    notes: [...last.notes, ...noteRounds(rounds.length)],
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

/** Each check once: the first failure in any round, else its last result. */
function allChecks(rounds: Findings[]): Check[] {
  const byName = new Map<string, Check>()
  for (const check of rounds.flatMap((round) => round.checks)) {
    if (byName.get(check.name)?.ok !== false) byName.set(check.name, check)
  }
  return [...byName.values()]
}

/** Values of the figures that every round has, by name. */
function collect(rounds: Findings[]): Record<string, number[]> {
  const names = Object.keys(rounds[0].metrics).filter((name) => rounds.every(({metrics}) => name in metrics))
  return Object.fromEntries(names.map((name) => [name, rounds.map(({metrics}) => metrics[name])]))
}

function medians(collected: Record<string, number[]>): Record<string, number> {
  return Object.fromEntries(Object.entries(collected).map(([name, values]) => [name, median(values)]))
}

/** Figures that the verdict over several rounds shows, if the scenario has them. */
const HEADLINES = [
  ...['capacity', 'rate', 'rateBatch', 'rateHealth', 'rateAdmin', 'rateIngest'],
  ...['speedup', 'recovery', 'p99', 'duration'],
]

/** The medians and ranges of the main figures; the verdict of the last round would be that of one of many. */
function verdictOf(collected: Record<string, number[]>): string {
  const named = HEADLINES.flatMap((name) => (collected[name] ? [{name, values: collected[name]}] : []))
  const texts = named.slice(0, 3).map(({name, values}) => {
    const {kind, moreIsBetter} = metricOf(name) ?? {kind: 'count', moreIsBetter: true}
    const unit = kind === 'rate' ? '/s' : kind === 'time' ? ' ms' : ''
    const show = (value: number) => shortFigure(value, moreIsBetter ? 'down' : 'up')
    return `${name} ${show(median(values))}${unit} (${show(Math.min(...values))} to ${show(Math.max(...values))})`
  })
  return `median of ${named[0]?.values.length ?? 0} rounds: ${texts.join(', ')}`
}

/** The documented figures beside the medians; null if some round has not measured the figure. */
function medianComparisons(rounds: Findings[]): Comparison[] {
  return rounds[0].comparisons.map((first) => {
    const values = rounds.flatMap(
      ({comparisons}) => comparisons.find(({measure}) => measure === first.measure)?.measured ?? [],
    )
    return {...first, measured: values.length === rounds.length ? median(values) : null}
  })
}

function noteRounds(count: number): string[] {
  if (count === 1) return []
  return [
    `figures, comparisons and --fail-if use the medians of ${count} rounds; the table of steps shows the last round; a check that failed in any round counts as failed`,
  ]
}

import {Flags, type Interfaces} from '@oclif/core'
import {FIGURES} from '../bench/figures.ts'
import {type Presets, presets} from '../bench/presets.ts'
import type {Scenario} from '../bench/shape/run.ts'
import {usageError} from '../errors.ts'
import {type ByQuick, byQuick} from './flag-kind.ts'
import {connectionFlags} from './shared-flags.ts'

/** Longest round trip that a delaying proxy simulates, ms. */
export const MOST_RTT_MS = 10_000

/** The flag --fail-if. @param figures that it may name */
function failIf(figures: readonly string[]) {
  return Flags.string({
    multiple: true,
    summary: "Exit 5 if this holds, e.g. 'p99>50ms' (repeatable).",
    description: `Figures: ${figures.join(', ')}. With several rounds, their median decides.`,
    helpValue: 'CONDITION',
  })
}

/** Flags of one scenario, whose figures --fail-if may name. */
export function scenarioFlags(scenario: Scenario) {
  return {...benchFlags, 'fail-if': failIf(FIGURES[scenario])}
}

/** Flags of every scenario. */
export const benchFlags = {
  ...connectionFlags,
  quick: Flags.boolean({summary: 'Run a quick check of about 10 s.'}),
  rounds: Flags.integer({
    min: 1,
    max: 100,
    default: 1,
    summary: 'Repeat N times (bench compare needs at least 5).',
    helpValue: 'N',
  }),
  label: Flags.string({summary: 'Name this run, for "bench compare".', helpValue: 'NAME'}),
  'fail-if': failIf([...new Set(Object.values(FIGURES).flat())]),
  html: Flags.string({
    summary: 'Write a report with plots to this file.',
    helpValue: 'FILE',
    helpGroup: 'REPORT',
  }),
  markdown: Flags.string({
    summary: 'Write a report as Markdown to this file.',
    helpValue: 'FILE',
    helpGroup: 'REPORT',
  }),
  yes: Flags.boolean({char: 'y', summary: 'Confirm load on the servers of a production profile.'}),
  // Scenarios whose load has a rate, which can be shared out, have a flag of their own
  agents: Flags.integer({
    hidden: true,
    parse: async () => {
      throw usageError(
        'expected --agents only with "bench sustained" and "bench capacity", which send at a rate that agents can share',
        'the other scenarios measure how fast one producer or the workers are, or load the servers in other ways',
      )
    },
  }),
}

export type BenchFlags = Interfaces.InferredFlags<typeof benchFlags>

/** The default that the presets have for a flag. */
export function preset<T>(pick: (presets: Presets) => T): ByQuick<T> {
  return {full: pick(presets(false)), quick: pick(presets(true))}
}

/** The flag --workers of a scenario. @param min 0 if it also runs without workers */
export function workersFlag(scenario: 'bombard' | 'sustained' | 'recovery' | 'capacity', min: 0 | 1 = 1) {
  const summary = 'Leases processed in parallel.'
  return {
    workers: Flags.integer({
      char: 'w',
      min,
      max: 500,
      ...byQuick(preset((of) => of[scenario].workers)),
      summary: min === 0 ? `${summary} With 0, only enqueue and time the replies of Redis.` : summary,
    }),
  }
}

/** The flag --batch of a scenario. */
export function batchFlag(scenario: 'bombard' | 'sustained' | 'capacity') {
  return {
    batch: Flags.integer({
      min: 1,
      max: 20_000,
      ...byQuick(preset((of) => of[scenario].batch)),
      summary: 'Approximate number of records per lease.',
    }),
  }
}

/** What the flags of a scenario say that sends at a rate while workers drain. */
export function flowOptions(
  flags: Interfaces.InferredFlags<ReturnType<typeof flowFlags>> & {for: number; workers: number},
) {
  const {'warm-up': warmupSeconds, arrivals, seed, workers, batch} = flags
  return {seconds: flags.for / 1000, warmupSeconds, arrivals, seed, workers, batch}
}

/** Flags of a scenario that sends at a rate while workers drain. */
export function flowFlags(scenario: 'sustained' | 'capacity') {
  return {
    ...batchFlag(scenario),
    'warm-up': Flags.integer({
      min: 0,
      max: 600,
      ...byQuick(preset((of) => of[scenario].warmupSeconds)),
      summary: 'Warm-up in seconds, not counted.',
    }),
    arrivals: Flags.option({options: ['constant', 'poisson'] as const})({
      ...byQuick(preset((of) => of[scenario].arrivals)),
      summary: 'Arrival process: evenly spaced, or random as from independent users.',
    }),
    seed: Flags.integer({
      ...byQuick(preset((of) => of[scenario].seed)),
      summary: 'Random seed for arrivals.',
    }),
  }
}

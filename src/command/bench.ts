import {Flags} from '@oclif/core'
import type {Bench} from '../bench/bench.ts'
import type {Findings} from '../bench/findings.ts'
import type {BenchRun, Scenario} from '../bench/run.ts'
import type {OpenSession} from '../bench/run-rounds.ts'
import {connectionFlags, QtoolCommand} from '../command.ts'
import {requireUrl, type Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'
import type {ConnectOptions} from '../redis/connect.ts'

/** Flags of every scenario. */
export const benchFlags = {
  ...connectionFlags,
  quick: Flags.boolean({summary: 'A small run of under 10 s, to see whether all works.'}),
  rounds: Flags.integer({
    min: 1,
    max: 100,
    default: 1,
    summary: 'Run it so often; "bench compare" needs 5 or more.',
  }),
  label: Flags.string({summary: 'Name for this run, for "bench compare".', helpValue: 'NAME'}),
  'fail-if': Flags.string({
    multiple: true,
    summary: "End with 5 where this is so, such as 'p99>50ms' or 'rate<1000'; again for one more.",
    helpValue: 'CONDITION',
  }),
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
  yes: Flags.boolean({char: 'y', summary: 'Load servers of a production profile.'}),
}

/** Flags of a scenario that sends at a rate while workers drain. @param warmUp its default, seconds */
export const flowFlags = (warmUp: number) => ({
  'warm-up': Flags.integer({
    min: 0,
    max: 600,
    summary: `Seconds before that are not counted; ${warmUp} by default.`,
  }),
  arrivals: Flags.option({options: ['constant', 'poisson'] as const})({
    summary: 'Evenly spaced, which is the default, or as of many users who know nothing of each other.',
  }),
  seed: Flags.integer({summary: 'Of the arrivals; 1 by default.'}),
  batch: Flags.integer({
    min: 1,
    max: 20_000,
    summary: 'Records of one lease, at most about; 2000 by default.',
  }),
})

/** What a scenario works with that needs Redis alone. */
export interface RedisBench {
  redisUrl: string
  connect: ConnectOptions
  /** Of the run: for a queue and for connections. */
  name: string
  signal: AbortSignal
  onStep(text: string): void
}

export interface BenchFlags {
  profile?: string
  'redis-url'?: string
  'database-url'?: string
  quick: boolean
  rounds: number
  label?: string
  'fail-if'?: string[]
  html?: string
  markdown?: string
  yes: boolean
}

/** Base of the scenarios: a place of their own, rounds, thresholds, the store, reports and exit codes. */
export abstract class BenchCommand<T extends object = BenchRun> extends QtoolCommand<T> {
  /** Runs a scenario that works in a place of both servers, and stores it; printing is the caller's. */
  protected async runScenario(
    scenario: Scenario,
    flags: BenchFlags,
    options: {settings: Settings; connections: number; signal: AbortSignal},
    run: (bench: Bench) => Promise<Findings>,
  ): Promise<BenchRun> {
    const {settings, connections, signal} = options
    const {benchSession} = await import('../bench/bench.ts')
    const urls = {
      redisUrl: requireUrl(settings, 'redisUrl'),
      databaseUrl: requireUrl(settings, 'databaseUrl'),
    }
    const place = {...urls, connect: this.redisOptions, connections, signal}
    return this.#rounds(scenario, flags, signal, benchSession(place, run))
  }

  /** Runs a scenario that needs Redis alone, in a queue of the run's own. */
  protected async runRedisScenario(
    scenario: Scenario,
    flags: BenchFlags,
    options: {settings: Settings; signal: AbortSignal},
    run: (on: RedisBench) => Promise<Findings>,
  ): Promise<BenchRun> {
    const {settings, signal} = options
    const {withRedis} = await import('../redis/connect.ts')
    const redisUrl = requireUrl(settings, 'redisUrl')
    const connect = this.redisOptions
    return this.#rounds(scenario, flags, signal, (id, use) =>
      withRedis(redisUrl, connect, (observer) =>
        use({
          observer,
          run: (_, onStep) => run({redisUrl, connect, name: `qtool-bench-${id}`, signal, onStep}),
        }),
      ),
    )
  }

  async #rounds(
    scenario: Scenario,
    flags: BenchFlags,
    signal: AbortSignal,
    open: OpenSession,
  ): Promise<BenchRun> {
    const {parseThreshold} = await import('../bench/threshold.ts')
    const {runRounds} = await import('../bench/run-rounds.ts')
    const {storeRun} = await import('../bench/store.ts')
    const thresholds = (flags['fail-if'] ?? []).map((text) => parseThreshold(text))
    const folder = await this.runsFolder()
    const {rounds, label = null} = flags
    const progress = await this.progress(scenario)
    const onStep = (text: string) => progress.update(`${scenario}: ${text}`)
    const done = await runRounds({scenario, label, rounds, thresholds, signal, onStep}, open).finally(
      progress.stop,
    )
    await storeRun(folder, done)
    return done
  }

  /** Prints the runs, writes the reports that were asked for, and sets the exit code. */
  protected async finish(runs: BenchRun[], flags: Pick<BenchFlags, 'html' | 'markdown'>): Promise<void> {
    await this.print(runs, flags)
    // The worst of them decides
    const states = new Set(runs.map((run) => run.state))
    if (states.has('interrupted')) this.endAs('interrupted')
    else if (states.has('invalid')) this.endAs('measurement')
    else if (states.has('failed')) this.endAs('check')
  }

  /** Prints runs, and writes the reports that were asked for. */
  protected async print(runs: BenchRun[], flags: Pick<BenchFlags, 'html' | 'markdown'>): Promise<void> {
    const {renderRuns} = await import('../render/bench/all.ts')
    const {signsFor} = await import('../render/bench/signs.ts')
    const {writeReports} = await import('../bench/report-files.ts')
    this.log(renderRuns(runs, this.width, signsFor(process.env)))
    for (const path of await writeReports(runs, flags)) this.note(`report written to ${path}`)
  }

  /** Settings of servers that may be loaded. @throws QtoolError (refused) of a production profile without --yes */
  protected async benchSettings(flags: BenchFlags): Promise<Settings> {
    const settings = await this.settings(flags)
    this.writing(settings)
    if (settings.profile?.mode === 'production' && !flags.yes) {
      throw new QtoolError(
        `profile "${settings.profile.name}" is production, and a bench loads its servers`,
        {
          code: 'PRODUCTION',
          kind: 'refused',
          suggestions: ['add --yes to say that you mean it', 'qtool up starts local servers to load'],
        },
      )
    }
    return settings
  }

  /** @throws QtoolError (refused) where servers would be killed that are not of the local stack */
  protected assertLocalStack({redisUrl, databaseUrl}: Settings): void {
    if (redisUrl?.source === 'stack' && databaseUrl?.source === 'stack') return
    throw new QtoolError('expected the local stack, since this kills both servers', {
      code: 'NOT_LOCAL',
      kind: 'refused',
      suggestions: [
        'qtool up starts a local Redis and Postgres',
        'leave --redis-url, --database-url, their variables and profiles out',
      ],
    })
  }

  /** Where runs are kept. */
  protected async runsFolder(): Promise<string> {
    const {join} = await import('node:path')
    const {makeFolder, stackPaths} = await import('../stack/paths.ts')
    const paths = stackPaths(process.env)
    makeFolder(paths.data, paths.account)
    return join(paths.data, 'bench')
  }
}

import type {Bench} from '../bench/bench.ts'
import {FIGURES} from '../bench/figures.ts'
import {type Findings, interruptedEarly} from '../bench/findings.ts'
import type {RedisBench} from '../bench/redis-bench.ts'
import type {OpenSession} from '../bench/run-rounds.ts'
import type {BenchRun, Scenario} from '../bench/shape/run.ts'
import {requireUrl} from '../config/require-url.ts'
import type {Settings} from '../config/settings.ts'
import {EXIT_CODES, QtoolError} from '../errors.ts'
import type {Interrupt} from '../interrupt.ts'
import type {Threshold} from '../threshold/threshold.ts'
import type {BenchFlags} from './bench-flags.ts'
import {QtoolCommand} from './command.ts'

/** An interrupted run that has not ended by itself after this many ms is abandoned. */
const ABANDON_MS = 20_000

/** Base of the scenarios: a place of their own, rounds, thresholds, the store, reports and exit codes. */
export abstract class BenchCommand<T extends object = BenchRun> extends QtoolCommand<T> {
  /** Runs a scenario in a place of its own on both servers, and stores the run; the caller prints it. */
  protected async runScenario(
    scenario: Scenario,
    flags: BenchFlags,
    options: {settings: Settings; connections: number; signal: AbortSignal; figures?: readonly string[]},
    run: (bench: Bench) => Promise<Findings>,
  ): Promise<BenchRun> {
    const {settings, connections, signal} = options
    const {benchSession} = await import('../bench/bench.ts')
    const urls = {
      redisUrl: requireUrl(settings, 'redisUrl'),
      databaseUrl: requireUrl(settings, 'databaseUrl'),
    }
    const survivesOutages = scenario === 'recovery'
    const place = {...urls, connect: this.redisOptions, connections, signal, survivesOutages}
    return this.#rounds(scenario, flags, options, benchSession(place, run))
  }

  /** Runs a scenario that needs only Redis, in a queue of the run's own. */
  protected async runRedisScenario(
    scenario: Scenario,
    flags: BenchFlags,
    options: {settings: Settings; signal: AbortSignal; figures?: readonly string[]},
    run: (on: RedisBench) => Promise<Findings>,
  ): Promise<BenchRun> {
    const {settings, signal} = options
    const {redisSession} = await import('../bench/redis-bench.ts')
    const place = {redisUrl: requireUrl(settings, 'redisUrl'), connect: this.redisOptions, signal}
    return this.#rounds(scenario, flags, options, redisSession(place, run))
  }

  async #rounds(
    scenario: Scenario,
    flags: BenchFlags,
    {signal, figures}: {signal: AbortSignal; figures?: readonly string[]},
    open: OpenSession,
  ): Promise<BenchRun> {
    const {runRounds} = await import('../bench/run-rounds.ts')
    const {storeRun} = await import('../bench/store/store.ts')
    const thresholds = await this.thresholds(flags, figures ?? FIGURES[scenario])
    const folder = await this.runsFolder()
    const {rounds, label = null} = flags
    const stage = {doing: scenario, continued: () => ({isAfresh: true})}
    const done = await this.withProgress(stage, (report) => {
      const onStep = (text: string, lastsMs?: number) => report({doing: `${scenario}: ${text}`, lastsMs})
      return runRounds({scenario, label, rounds, thresholds, signal, onStep}, open)
    })
    await storeRun(folder, done)
    return done
  }

  /** The thresholds of --fail-if. @throws QtoolError (usage) for a figure that the run does not give */
  protected async thresholds(
    flags: Pick<BenchFlags, 'fail-if'>,
    figures: readonly string[],
  ): Promise<Threshold[]> {
    const {parseThreshold} = await import('../threshold/threshold.ts')
    return (flags['fail-if'] ?? []).map((text) => parseThreshold(text, figures))
  }

  /** As for every command; if a server keeps the run from ending, the process ends nevertheless. */
  protected override interruption(): AbortSignal {
    const signal = super.interruption()
    const leave = () => {
      this.note('a server does not answer, so the run was abandoned; its schema and keys may be left over')
      process.exit(EXIT_CODES.interrupted)
    }
    signal.addEventListener('abort', () => setTimeout(leave, ABANDON_MS).unref())
    return signal
  }

  protected override get interrupt(): Interrupt {
    return {...super.interrupt, early: interruptedEarly().message}
  }

  /** Prints the runs, writes the reports that were asked for, and sets the exit code. */
  protected async finish(runs: BenchRun[], flags: Pick<BenchFlags, 'html' | 'markdown'>): Promise<void> {
    await this.print(runs, flags)
    // The worst run decides
    const states = new Set(runs.map((run) => run.state))
    if (states.has('interrupted')) this.endAs('interrupted')
    else if (states.has('invalid')) this.endAs('measurement')
    else if (states.has('failed')) this.endAs('check')
  }

  /** Prints runs, and writes the reports that were asked for. */
  protected async print(runs: BenchRun[], flags: Pick<BenchFlags, 'html' | 'markdown'>): Promise<void> {
    const {renderRuns} = await import('../render/bench/all.ts')
    const {signsFor} = await import('../render/bench/signs.ts')
    const {writeReports} = await import('../bench/store/report-files.ts')
    this.log(renderRuns(runs, this.width, signsFor(process.env)))
    for (const path of await writeReports(runs, flags)) this.note(`report written to ${path}`)
  }

  /**
   * Settings of servers that may be put under load.
   * @throws QtoolError (refused) for a production profile without --yes
   */
  protected async benchSettings(
    flags: Pick<BenchFlags, 'profile' | 'redis-url' | 'database-url' | 'yes'>,
  ): Promise<Settings> {
    const settings = await this.settings(flags)
    this.writing(settings)
    if (settings.profile?.mode === 'production' && !flags.yes) {
      throw new QtoolError(
        `profile "${settings.profile.name}" is a production profile, and a benchmark would load its servers`,
        {
          code: 'PRODUCTION',
          kind: 'refused',
          suggestions: ['add --yes to confirm', 'qtool up starts local servers for benchmarks'],
        },
      )
    }
    return settings
  }

  /** @throws QtoolError (refused) if servers outside the local stack would be killed */
  protected assertLocalStack(settings: Settings): void {
    if (this.isLocalStack(settings)) return
    throw new QtoolError('this benchmark kills both servers, so it runs only on the local stack', {
      code: 'NOT_LOCAL',
      kind: 'refused',
      suggestions: [
        'qtool up starts a local Redis and Postgres',
        'do not set --redis-url, --database-url, their environment variables or a profile',
      ],
    })
  }

  /** Whether both servers are those of `qtool up`. */
  protected isLocalStack({redisUrl, databaseUrl}: Settings): boolean {
    return redisUrl?.source === 'stack' && databaseUrl?.source === 'stack'
  }

  /** The folder in which runs are kept. */
  protected async runsFolder(): Promise<string> {
    const {join} = await import('node:path')
    const {makeFolder, stackPaths} = await import('../stack/paths.ts')
    const paths = stackPaths(process.env)
    makeFolder(paths.data, paths.account)
    return join(paths.data, 'bench')
  }
}

import {Flags} from '@oclif/core'
import type {Bench} from '../bench/bench.ts'
import type {Findings} from '../bench/findings.ts'
import type {BenchRun, Scenario} from '../bench/run.ts'
import {connectionFlags, QtoolCommand} from '../command.ts'
import {requireUrl, type Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'

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

interface BenchFlags {
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
  /** Runs a scenario with all that belongs to it, and stores it; printing is the caller's. */
  protected async runScenario(
    scenario: Scenario,
    flags: BenchFlags,
    options: {settings: Settings; connections: number; signal: AbortSignal},
    run: (bench: Bench) => Promise<Findings>,
  ): Promise<BenchRun> {
    const {settings, connections, signal} = options
    const {parseThreshold} = await import('../bench/threshold.ts')
    const {runRounds} = await import('../bench/run-rounds.ts')
    const {storeRun} = await import('../bench/store.ts')
    const thresholds = (flags['fail-if'] ?? []).map((text) => parseThreshold(text))
    const urls = {
      redisUrl: requireUrl(settings, 'redisUrl'),
      databaseUrl: requireUrl(settings, 'databaseUrl'),
    }
    const progress = await this.progress(scenario)
    const {rounds, label = null} = flags
    const done = await runRounds(
      {scenario, label, rounds, thresholds, connections, signal, onStep: progress.update, ...urls},
      run,
    ).finally(progress.stop)
    await storeRun(await this.runsFolder(), done)
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

  /** Where runs are kept. */
  protected async runsFolder(): Promise<string> {
    const {join} = await import('node:path')
    const {makeFolder, stackPaths} = await import('../stack/paths.ts')
    const paths = stackPaths(process.env)
    makeFolder(paths.data, paths.account)
    return join(paths.data, 'bench')
  }
}

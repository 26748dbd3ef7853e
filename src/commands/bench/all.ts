import {Flags} from '@oclif/core'
import type {Bench} from '../../bench/bench.ts'
import type {Findings} from '../../bench/findings.ts'
import type {Scenario} from '../../bench/scenarios.ts'
import type {BenchRun} from '../../bench/shape/run.ts'
import {BenchCommand, benchFlags} from '../../cli/bench.ts'

interface BenchAllResult {
  runs: BenchRun[]
  /** Scenarios that were left out, and why. */
  skipped: Array<{scenario: Scenario; why: string}>
}

export default class BenchAll extends BenchCommand<BenchAllResult> {
  static override summary = 'Run every scenario, and report the measured figures next to the documented ones.'
  static override description =
    `Takes under 5 minutes on a small machine. "recovery" runs only on the local stack, and "connections" fills only a
server on this machine. Run nothing else meanwhile.`
  static override examples = [
    '<%= config.bin %> bench all --html report.html',
    '<%= config.bin %> bench all --quick --markdown report.md',
  ]
  static override flags = {
    ...benchFlags,
    rtt: Flags.string({
      default: '90ms',
      summary: 'Simulated round trip for a second "modes" run.',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<BenchAllResult> {
    const {flags} = await this.parse(BenchAll)
    const {parseDuration} = await import('../../config/amount.ts')
    const {isLocalUrl} = await import('../../config/secrets.ts')
    const {FIGURES} = await import('../../bench/figures.ts')
    const {interruptedEarly} = await import('../../bench/findings.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {runBombard} = await import('../../bench/scenarios/bombard.ts')
    const {runCapacity} = await import('../../bench/scenarios/capacity/capacity.ts')
    const {runConnections} = await import('../../bench/scenarios/connections/connections.ts')
    const {runModes} = await import('../../bench/scenarios/modes/modes.ts')
    const {runRecovery} = await import('../../bench/scenarios/recovery.ts')
    const {runSustained} = await import('../../bench/scenarios/sustained.ts')
    const {runWorkers} = await import('../../bench/scenarios/workers.ts')
    const {crashServer} = await import('../../stack/crash.ts')
    const rttMs = parseDuration('--rtt', flags.rtt, 10_000)
    // A figure that no scenario gives is a mistake; each scenario checks only those that it gives
    await this.thresholds(flags, [...new Set(Object.values(FIGURES).flat())])
    const settings = await this.benchSettings(flags)
    const signal = this.interruption()
    const preset = presets(flags.quick)
    const isLocal = isLocalUrl(settings.redisUrl?.value ?? '')
    const isStack = settings.redisUrl?.source === 'stack' && settings.databaseUrl?.source === 'stack'
    const runs: BenchRun[] = []
    const isOf = (scenario: Scenario, text: string) =>
      FIGURES[scenario].some((name) => text.trim().match(/^[\w.@]+/)?.[0] === name)
    const asked = (scenario: Scenario) => ({
      ...flags,
      'fail-if': flags['fail-if']?.filter((text) => isOf(scenario, text)),
    })
    const add = async (run: () => Promise<BenchRun>) => {
      if (!signal.aborted) runs.push(await run())
    }
    const both = (scenario: Scenario, connections: number, run: (bench: Bench) => Promise<Findings>) =>
      add(() => this.runScenario(scenario, asked(scenario), {settings, connections, signal}, run))
    const {pools, waitMs, most} = preset.connections
    const server = isLocal ? {most} : undefined
    await add(() =>
      this.runRedisScenario('connections', asked('connections'), {settings, signal}, (redis) =>
        runConnections({...redis, pools, waitMs, server}),
      ),
    )
    for (const rtt of [0, rttMs]) {
      await add(() =>
        this.runRedisScenario('modes', asked('modes'), {settings, signal}, (redis) =>
          runModes({...redis, ...preset.modes, rttMs: rtt, queue: redis.name}),
        ),
      )
    }
    await both('bombard', preset.bombard.workers, (bench) => runBombard(bench, preset.bombard))
    await both('sustained', preset.sustained.workers, (bench) => runSustained(bench, preset.sustained))
    await both('workers', Math.max(...preset.workers.workers), (bench) => runWorkers(bench, preset.workers))
    await both('capacity', preset.capacity.workers, (bench) => runCapacity(bench, preset.capacity))
    const restart = (name: 'redis' | 'postgres') => crashServer(process.env, name)
    if (isStack) {
      await both('recovery', preset.recovery.workers, (bench) =>
        runRecovery(bench, {...preset.recovery, restart}),
      )
    }
    if (runs.length === 0) throw interruptedEarly()
    const why = 'it kills both servers and runs only on the local stack'
    const skipped = isStack ? [] : [{scenario: 'recovery' as const, why}]
    for (const {scenario} of skipped) this.note(`skipped ${scenario}: ${why}`)
    await this.finish(runs, flags)
    return {runs, skipped}
  }
}

import type {Interfaces} from '@oclif/core'
import {FIGURES} from '../../bench/figures.ts'
import type {BenchRun, Scenario} from '../../bench/shape/run.ts'
import {BenchCommand} from '../../cli/bench.ts'
import {benchFlags, MOST_RTT_MS} from '../../cli/bench-flags.ts'
import {duration} from '../../cli/flags.ts'
import type {Settings} from '../../config/settings.ts'

interface BenchAllResult {
  runs: BenchRun[]
  /** Scenarios that were left out, and why. */
  skipped: Array<{scenario: Scenario; why: string}>
}

export default class BenchAll extends BenchCommand<BenchAllResult> {
  static override summary = 'Run every scenario, and report the measured figures next to the documented ones.'
  static override description =
    `Takes about 5 minutes on a small machine. "recovery" runs only on the local stack, and "connections" fills only a
server on this machine. Run nothing else meanwhile.`
  static override examples = [
    '<%= config.bin %> bench all --html report.html',
    '<%= config.bin %> bench all --quick --markdown report.md',
  ]
  static override flags = {
    ...benchFlags,
    rtt: duration({
      max: MOST_RTT_MS,
      default: '90ms',
      summary: 'Simulated round trip for a second "modes" run.',
      helpValue: 'TIME',
    }),
  }

  async run(): Promise<BenchAllResult> {
    const {flags} = await this.parse(BenchAll)
    // A figure that no scenario gives is a mistake; each scenario checks only those that it gives
    await this.thresholds(flags, [...new Set(Object.values(FIGURES).flat())])
    const settings = await this.benchSettings(flags)
    const {interruptedEarly} = await import('../../bench/findings.ts')
    const isStack = this.isLocalStack(settings)
    const runs = await this.#runParts(settings, flags, isStack)
    if (runs.length === 0) throw interruptedEarly()
    const why = 'it kills both servers and runs only on the local stack'
    const skipped = isStack ? [] : [{scenario: 'recovery' as const, why}]
    for (const {scenario} of skipped) this.note(`skipped ${scenario}: ${why}`)
    await this.finish(runs, flags)
    return {runs, skipped}
  }

  async #runParts(settings: Settings, flags: AllFlags, isStack: boolean): Promise<BenchRun[]> {
    const {conditionsOf, partsOf} = await import('../../bench/all.ts')
    const {presets} = await import('../../bench/presets.ts')
    const {isLocalUrl} = await import('../../config/secrets.ts')
    const {crashServer} = await import('../../stack/crash.ts')
    const signal = this.interruption()
    const parts = partsOf(presets(flags.quick), {
      rttMs: flags.rtt,
      fillsServer: isLocalUrl(settings.redisUrl?.value ?? ''),
      restart: isStack ? (name, port) => crashServer(process.env, name, port) : undefined,
    })
    const runs: BenchRun[] = []
    for (const {scenario, ...part} of parts) {
      if (signal.aborted) break
      const asked = {...flags, 'fail-if': conditionsOf(scenario, flags['fail-if'])}
      const on = {settings, signal}
      const run =
        part.connections === null
          ? this.runRedisScenario(scenario, asked, on, part.run)
          : this.runScenario(scenario, asked, {...on, connections: part.connections}, part.run)
      runs.push(await run)
    }
    return runs
  }
}

type AllFlags = Interfaces.InferredFlags<typeof BenchAll.flags>

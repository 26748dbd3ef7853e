import type {Interfaces} from '@oclif/core'
import {LoggingCommand} from '../cli/logging-command.ts'
import {metricsFlags, withProcessMetrics, withWorkerMetrics} from '../cli/metrics-flags.ts'
import {connectionFlags, durabilityFlags, queueArg, queueFlag} from '../cli/shared-flags.ts'
import {traceFlags, withTraces} from '../cli/trace-flags.ts'
import {assertEnoughWorkers, workFlags, workInput} from '../cli/work-flags.ts'
import {assertNoIdleFlags, isTyped, type ParsedLine} from '../config/idle-flags.ts'
import type {Settings} from '../config/settings.ts'
import type {Caller} from '../operations/context.ts'
import type {WorkCaller} from '../operations/work.ts'
import type {WorkResult} from '../worker/run-work.ts'

type WorkFlags = Interfaces.InferredFlags<typeof Work.flags>

interface Typed {
  parsed: ParsedLine
  flags: WorkFlags
}

export default class Work extends LoggingCommand<WorkResult> {
  static override summary = 'Drain a queue into a Postgres table.'
  static override description =
    `Workers lease items, write their records and the id of the lease in one transaction, and acknowledge. A worker
may be killed at any moment: another takes its lease over, and nothing is written twice. A record that cannot be
written becomes a dead letter without holding up the others; see "qtool dlq list".`
  static override examples = [
    '<%= config.bin %> work --workers 10 --until-empty',
    '<%= config.bin %> work -q orders --table public.orders',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...workFlags,
    ...durabilityFlags,
    ...metricsFlags,
    ...traceFlags,
  }

  async run(): Promise<WorkResult> {
    const {inheritedFlags} = await import('../worker/spread.ts')
    const parsed = await this.parse(Work)
    const flags = {...parsed.flags, ...inheritedFlags(process.env)}
    assertNoIdleFlags(parsed, {
      'fk-delay': !isTyped(parsed, 'fk-retries') && 'without --fk-retries',
      'metrics-host': !isTyped(parsed, 'metrics-port') && 'without --metrics-port',
    })
    assertEnoughWorkers(flags)
    const settings = await this.settings(flags)
    assertNoIdleFlags(parsed, {
      'min-replicas': settings.durability.level === 'memory' && 'without --durability',
    })
    this.drains(settings.queue.value)
    const {renderWork} = await import('../render/work.ts')
    const signal = this.interruption('finishing current leases')
    const caller = this.caller(settings, signal)
    caller.actor.assertMayWrite()
    const result =
      flags.processes > 1
        ? await this.#spread(settings, caller, {parsed, flags})
        : await this.#drain(settings, caller, flags)
    if (result.deadLettered > 0 || (flags['until-empty'] && result.paused)) this.endAs('partial')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderWork(result))
    return result
  }

  async #spread(settings: Settings, caller: Caller, {parsed, flags}: Typed): Promise<WorkResult> {
    const {spread} = await import('../worker/spread.ts')
    const {Siblings, watchAll, withMeter} = await import('../worker/siblings.ts')
    const {workers, processes} = flags
    this.connectionBudget.require(processes)
    const shared = {workers, processes, connections: settings.redisMaxConnections.value}
    const siblings = new Siblings(this.tell, {workers, processes})
    return withProcessMetrics(flags, caller, (metrics) =>
      this.shown(caller, (onProgress) =>
        withMeter(siblings, {tell: this.tell, onProgress}, () =>
          spread(parsed, flags, shared, caller.signal, watchAll(siblings, metrics)),
        ),
      ),
    )
  }

  async #drain(settings: Settings, caller: Caller, flags: WorkFlags): Promise<WorkResult> {
    const {stopWithParent} = await import('../worker/processes.ts')
    stopWithParent(caller.signal)
    const {work} = await import('../operations/work.ts')
    // After the start, outages are waited out; a half-open socket is dropped after `commandMs`
    const patient = {reconnectMs: Number.POSITIVE_INFINITY, commandMs: 5000}
    const withRedis: WorkCaller['withRedis'] = (use) => this.withRedis(settings, use, patient)
    return withTraces(flags, caller, (traces) =>
      withWorkerMetrics(flags, caller, (metrics) => {
        const observers: WorkCaller['observers'] = (drain) => [
          ...(metrics?.(drain) ?? []),
          ...(traces?.observers(drain) ?? []),
        ]
        const {tell} = this
        return this.shown(caller, (onProgress) =>
          work({...caller, tell, onProgress, settings, withRedis, observers}, workInput(flags)),
        )
      }),
    )
  }
}

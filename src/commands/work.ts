import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {assertEnoughWorkers, workFlags, workInput} from '../cli/work-flags.ts'
import {assertNoIdleFlags, isTyped} from '../config/idle-flags.ts'
import type {Settings} from '../config/settings.ts'
import type {WorkCaller, WorkInput} from '../operations/work.ts'
import type {WorkResult} from '../worker/run-work.ts'

export default class Work extends QtoolCommand<WorkResult> {
  static override summary = 'Drain a queue into a Postgres table.'
  static override description =
    `Workers lease items, write their records and the id of the lease in one transaction, and acknowledge. A worker
may be killed at any moment: another takes its lease over, and nothing is written twice. A record that cannot be
written becomes a dead letter without holding up the others; see "qtool dlq list".`
  static override examples = [
    '<%= config.bin %> work --workers 10 --until-empty',
    '<%= config.bin %> work -q orders --table public.orders',
  ]
  static override flags = {...connectionFlags, ...queueFlag, ...workFlags}

  async run(): Promise<WorkResult> {
    const {inheritedFlags, spread} = await import('../worker/spread.ts')
    const parsed = await this.parse(Work)
    const flags = {...parsed.flags, ...inheritedFlags(process.env)}
    assertNoIdleFlags(parsed, {'fk-delay': !isTyped(parsed, 'fk-retries') && 'without --fk-retries'})
    assertEnoughWorkers(flags)
    const settings = await this.settings(flags)
    this.writing(settings)
    const {renderWork} = await import('../render/work.ts')
    const signal = this.interruption('finishing current leases')
    const {workers, processes} = flags
    if (processes > 1) this.connectionBudget.require(processes)
    const shared = {workers, processes, connections: settings.redisMaxConnections.value}
    const result =
      processes > 1
        ? await spread(parsed, flags, shared, signal)
        : await this.#drain(settings, workInput(flags), signal)
    if (result.deadLettered > 0 || (flags['until-empty'] && result.paused)) this.endAs('partial')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderWork(result))
    return result
  }

  async #drain(settings: Settings, input: WorkInput, signal: AbortSignal): Promise<WorkResult> {
    const {stopWithParent} = await import('../worker/processes.ts')
    stopWithParent(signal)
    const {work} = await import('../operations/work.ts')
    // After the start, outages are waited out; a half-open socket is dropped after `commandMs`
    const patient = {reconnectMs: Number.POSITIVE_INFINITY, commandMs: 5000}
    const progress = await this.progress('waiting for items')
    const caller: WorkCaller = {
      settings,
      signal,
      note: (text) => this.note(text),
      say: progress.update,
      withRedis: (use) => this.withRedis(settings, use, patient),
      withPostgres: (options, use) => this.withPostgres(settings, options, use),
    }
    return work(caller, input).finally(progress.stop)
  }
}

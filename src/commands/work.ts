import {Flags, type Interfaces} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, QtoolCommand, queueFlag, sinkFlags} from '../cli/command.ts'
import {parseDuration} from '../config/amount.ts'
import {assertNoIdleFlags, isTyped} from '../config/idle-flags.ts'
import type {Settings} from '../config/settings.ts'
import {usageError} from '../errors.ts'
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
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...sinkFlags,
    workers: Flags.integer({
      char: 'w',
      min: 1,
      max: 500,
      default: 10,
      summary: 'Leases processed in parallel.',
    }),
    processes: Flags.integer({min: 1, max: 64, default: 1, summary: 'Processes to spread the workers over.'}),
    batch: Flags.integer({
      min: 1,
      max: 20_000,
      default: 2000,
      summary: 'Approximate number of records per lease.',
    }),
    lease: Flags.string({default: '30s', summary: 'Lease duration before another worker may take over.'}),
    'max-retries': Flags.integer({
      min: 1,
      max: 100,
      default: 3,
      summary: 'Retries per lease after a transient error.',
    }),
    'query-timeout': Flags.string({
      default: '60s',
      summary: 'Abort a statement after this long and retry.',
    }),
    'fk-retries': Flags.integer({
      min: 0,
      max: 100,
      default: 0,
      summary: 'Retries for a record whose parent is missing.',
    }),
    'fk-delay': Flags.string({default: '5s', summary: 'Delay between those retries.'}),
    key: Flags.string({
      summary: 'Unique key by which a record counts as already there: its columns, separated by commas.',
      description:
        'Default: the primary key, else the only unique key. Any other unique conflict is a dead letter.',
      helpValue: 'COLUMNS',
    }),
    rebind: Flags.boolean({
      summary: 'Bind the queue to --table, though it drained into another table before.',
    }),
    'until-empty': Flags.boolean({summary: 'Exit once no item is ready or leased.'}),
  }

  async run(): Promise<WorkResult> {
    const {inheritedFlags} = await import('../worker/processes.ts')
    const parsed = await this.parse(Work)
    const flags = {...parsed.flags, ...inheritedFlags(process.env)}
    assertNoIdleFlags(parsed, {'fk-delay': !isTyped(parsed, 'fk-retries') && 'without --fk-retries'})
    if (flags.processes > flags.workers) {
      throw usageError(
        `expected --processes to be at most --workers (${flags.workers}), got ${flags.processes}`,
      )
    }
    const settings = await this.settings(flags)
    this.writing(settings)
    const {renderWork} = await import('../render/work.ts')
    const signal = this.interruption('finishing current leases')
    const result =
      flags.processes > 1
        ? await this.#spread(settings, flags, signal)
        : await this.#drain(settings, flags, signal)
    if (result.deadLettered > 0 || (flags['until-empty'] && result.paused)) this.endAs('partial')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderWork(result))
    return result
  }

  async #drain(settings: Settings, flags: DrainFlags, signal: AbortSignal): Promise<WorkResult> {
    const {stopWithParent} = await import('../worker/processes.ts')
    stopWithParent(signal)
    const {runWork} = await import('../worker/run-work.ts')
    const {tallyLine} = await import('../render/work.ts')
    const leaseMs = parseDuration('--lease', flags.lease)
    const queryTimeoutMs = parseDuration('--query-timeout', flags['query-timeout'])
    const policy = {
      workers: flags.workers,
      batch: flags.batch,
      leaseMs,
      maxRetries: flags['max-retries'],
      foreignKeys: {
        retries: flags['fk-retries'],
        delayMs: parseDuration('--fk-delay', flags['fk-delay']),
      },
      untilEmpty: flags['until-empty'],
    }
    const limits = {max: flags.workers, idleInTransactionMs: leaseMs, queryTimeoutMs}
    const progress = await this.progress('waiting for items')
    const started = performance.now()
    // After the start, outages are waited out; a half-open socket is dropped after `commandMs`
    const patient = {reconnectMs: Number.POSITIVE_INFINITY, commandMs: 5000}
    const use = (redis: Redis) =>
      this.withPostgres(settings, limits, (pool) =>
        runWork(redis, pool, {
          settings,
          policy,
          sink: {
            key: flags.key?.split(','),
            strict: flags.strict,
            allowSpecialValues: flags['allow-special-values'],
            maxItemBytes: flags['max-bytes'],
          },
          rebind: flags.rebind,
          signal,
          note: (text) => this.note(text),
          onProgress: (tally) => progress.update(tallyLine(tally, (performance.now() - started) / 1000)),
        }),
      )
    return this.withRedis(settings, use, patient).finally(progress.stop)
  }

  async #spread(settings: Settings, flags: DrainFlags, signal: AbortSignal): Promise<WorkResult> {
    const {runProcesses, shares, workerProcess} = await import('../worker/processes.ts')
    const {processes} = flags
    this.connectionBudget.require(processes)
    const connections = shares(settings.redisMaxConnections.value, processes)
    const workers = shares(flags.workers, processes).map((share, i) =>
      workerProcess({...flags, workers: share, processes: 1}, connections[i]),
    )
    return runProcesses(process.argv[1], workers, signal)
  }
}

type DrainFlags = Interfaces.InferredFlags<typeof Work.flags>

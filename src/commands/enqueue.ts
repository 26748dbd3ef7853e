import {Args} from '@oclif/core'
import {enqueueFlags} from '../cli/enqueue-flags.ts'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, durabilityFlags, queueFlag} from '../cli/shared-flags.ts'
import {traceFlags, withTraces} from '../cli/trace-flags.ts'
import {assertNoIdleFlags} from '../config/idle-flags.ts'
import type {EnqueueCaller} from '../operations/enqueue.ts'
import type {EnqueueView} from '../render/enqueue.ts'

export default class Enqueue extends OperationCommand<EnqueueView> {
  static override summary = 'Put records into a queue.'
  static override description =
    `Reads NDJSON, a JSON array, CSV, IGC and GPX, plain or gzipped, from files or stdin; --count generates synthetic
flights. Every line is accounted for: read = enqueued + duplicates + rejected. A sorted set holds identical items
only once; repeats count as duplicates. The flight of a track file is registered in Postgres first.

Records from a pipe reach Redis within 100 ms. While Redis is unreachable, enqueue stops reading and waits; Ctrl-C ends
it and reports how many records were not sent. A file that cannot be read does not stop the files after it.`
  static override examples = [
    '<%= config.bin %> enqueue points.ndjson',
    '<%= config.bin %> enqueue flight.igc walk.gpx.gz',
    'producer | <%= config.bin %> enqueue -q orders',
    '<%= config.bin %> enqueue --count 50k --invalid 2%',
  ]
  static override args = {
    file: Args.string({
      ignoreStdin: true,
      description: 'Files to read; stdin if none or -. The queue is named with -q.',
    }),
  }
  static override strict = false
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...enqueueFlags,
    ...durabilityFlags,
    ...traceFlags,
  }

  async run(): Promise<EnqueueView> {
    const parsed = await this.parse(Enqueue)
    const {flags, argv} = parsed
    assertNoIdleFlags(parsed, {
      records: flags.group === undefined && 'without --group',
      batch: flags.mode === 'single' && 'with --mode single',
      rejects: flags.count !== undefined && 'with --count',
      lenient: flags.format !== undefined && !/json/.test(flags.format) && `with --format ${flags.format}`,
    })
    const settings = await this.settings(flags)
    assertNoIdleFlags(parsed, {
      'min-replicas': settings.durability.level === 'memory' && 'without --durability',
    })
    const {enqueue} = await import('../operations/enqueue.ts')
    const {renderEnqueue} = await import('../render/enqueue.ts')
    const signal = this.interruption()
    // Items are sent over a separate connection, which waits for Redis in its own way
    const withRedis: EnqueueCaller['withRedis'] = (use) => this.withRedis(settings, use, {reconnectMs: 0})
    const caller = {...this.caller(settings, signal), settings, withRedis}
    const result = await withTraces(flags, caller, (traces) =>
      enqueue({...caller, traceChunks: traces?.chunks}, {flags, files: argv.map(String)}),
    )
    if (result.rejected > 0 || result.failedFiles.length > 0) this.endAs('partial')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderEnqueue(result))
    return result
  }
}

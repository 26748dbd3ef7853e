import {Args, Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../cli/command.ts'
import {assertNoIdleFlags} from '../config/idle-flags.ts'
import type {EnqueueView} from '../render/enqueue.ts'
import {FORMATS} from '../source/formats.ts'

export default class Enqueue extends QtoolCommand<EnqueueView> {
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
    file: Args.string({ignoreStdin: true, description: 'Files to read; stdin if none or -.'}),
  }
  static override strict = false
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    format: Flags.option({
      options: FORMATS,
      summary: 'Input format (default: from file name or content).',
    })(),
    count: Flags.string({
      summary: 'Generate this many synthetic records instead.',
      helpValue: '50k',
      exclusive: ['format'],
    }),
    seed: Flags.integer({
      summary: 'Random seed of the synthetic records (same seed, same records).',
      dependsOn: ['count'],
    }),
    invalid: Flags.string({
      summary: 'Share of synthetic records that are invalid.',
      helpValue: '2%',
      dependsOn: ['count'],
    }),
    mode: Flags.option({
      options: ['single', 'pipeline', 'batch'] as const,
      default: 'batch',
      summary: 'How items are sent: single, pipeline or batch.',
    })(),
    batch: Flags.integer({min: 1, max: 100_000, default: 1000, summary: 'Items per chunk.'}),
    priority: Flags.integer({default: 0, summary: 'Priority from 0 to 900; lower numbers leave first.'}),
    rate: Flags.string({summary: 'Maximum rate in records per second.', helpValue: '1k'}),
    group: Flags.integer({min: 1, summary: 'Most records per envelope.'}),
    records: Flags.string({
      summary: 'Path of the records in an envelope (default: points).',
      helpValue: 'PATH',
    }),
    rejects: Flags.string({summary: 'Write rejected lines to this file, as NDJSON.', helpValue: 'FILE'}),
    'max-depth': Flags.string({summary: 'Wait while the queue holds this many items.', helpValue: '1m'}),
    'keep-duplicates': Flags.boolean({
      summary: 'Keep identical items (appends distinguishing white space).',
    }),
    register: Flags.boolean({
      default: true,
      allowNo: true,
      summary: 'Register the flights of tracks in Postgres.',
    }),
    lenient: Flags.boolean({
      summary: 'Read a bare NaN or Infinity, as Python writes it, as null.',
      exclusive: ['count'],
    }),
    'max-bytes': Flags.integer({
      min: 2,
      default: 1_048_576,
      summary: 'Maximum size of an item in bytes, envelope included.',
    }),
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
    this.writing(settings)
    const {runEnqueue} = await import('../producer/run-enqueue.ts')
    const {renderEnqueue} = await import('../render/enqueue.ts')
    const {count} = await import('../render/format.ts')
    const signal = this.interruption()
    const progress = await this.progress('enqueueing')
    const result = await runEnqueue({
      flags,
      files: argv.map(String),
      settings,
      signal,
      // Items are sent over a separate connection, which waits for Redis in its own way
      withRedis: (use) => this.withRedis(settings, use, {reconnectMs: 0}),
      withPostgres: (use) => this.withPostgres(settings, {max: 1}, use),
      note: (text) => this.note(text),
      onRead: (read) => progress.update(`enqueueing: ${count(read)} records read`),
    }).finally(progress.stop)
    if (result.rejected > 0 || result.failedFiles.length > 0) this.endAs('partial')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderEnqueue(result))
    return result
  }
}

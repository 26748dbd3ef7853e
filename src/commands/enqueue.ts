import {Args, Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand, queueFlag} from '../command.ts'
import type {EnqueueView} from '../render/enqueue.ts'
import {FORMATS} from '../source/formats.ts'

export default class Enqueue extends QtoolCommand<EnqueueView> {
  static override summary = 'Put records into a queue.'
  static override description =
    `Reads NDJSON, a JSON array, CSV, IGC and GPX, each also gzipped, from files or stdin; --count makes synthetic
flights. Every line is accounted for: read = enqueued + duplicates + rejected. Identical items collapse in a
sorted set and are counted as duplicates. The flight of a track file is registered in Postgres first.`
  static override examples = [
    '<%= config.bin %> enqueue points.ndjson',
    '<%= config.bin %> enqueue flight.igc walk.gpx.gz',
    'producer | <%= config.bin %> enqueue -q orders',
    '<%= config.bin %> enqueue --count 50k --invalid 2%',
  ]
  static override args = {
    file: Args.string({ignoreStdin: true, description: 'Files to read; none or - is stdin.'}),
  }
  static override strict = false
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    format: Flags.option({
      options: FORMATS,
      summary: 'What the files are; else their endings or first bytes say.',
    })(),
    count: Flags.string({
      summary: 'Make so many synthetic records instead.',
      helpValue: '50k',
      exclusive: ['format'],
    }),
    seed: Flags.integer({
      summary: 'Seed of the synthetic records; the same seed makes the same ones.',
      dependsOn: ['count'],
    }),
    invalid: Flags.string({
      summary: 'Share of synthetic records that Postgres must refuse.',
      helpValue: '2%',
      dependsOn: ['count'],
    }),
    mode: Flags.option({
      options: ['single', 'pipeline', 'batch'] as const,
      default: 'batch',
      summary: 'How items travel.',
    })(),
    batch: Flags.integer({min: 1, max: 100_000, default: 1000, summary: 'Items of one chunk.'}),
    priority: Flags.integer({default: 0, summary: 'Lower numbers leave first, 0 to 900.'}),
    rate: Flags.string({summary: 'Most records per second, in all.', helpValue: '1k'}),
    group: Flags.integer({min: 1, summary: 'Put so many records into one envelope.'}),
    records: Flags.string({
      summary: 'Key of the records in an envelope; points by default.',
      helpValue: 'KEY',
    }),
    rejects: Flags.string({summary: 'Write the refused lines to this file, as NDJSON.', helpValue: 'FILE'}),
    'max-depth': Flags.string({summary: 'Wait while the queue holds so many items.', helpValue: '1m'}),
    'keep-duplicates': Flags.boolean({
      summary: 'Keep repeats: white space behind each item makes it different.',
    }),
    register: Flags.boolean({
      default: true,
      allowNo: true,
      summary: 'Register the flights of tracks in Postgres.',
    }),
    lenient: Flags.boolean({
      summary: 'Take a bare NaN or Infinity, as Python writes it, for null.',
      exclusive: ['count'],
    }),
    'max-bytes': Flags.integer({min: 2, default: 1_048_576, summary: 'Largest item in bytes.'}),
  }

  async run(): Promise<EnqueueView> {
    const {flags, argv} = await this.parse(Enqueue)
    const settings = await this.settings(flags)
    this.writing(settings)
    const {runEnqueue} = await import('../source/run-enqueue.ts')
    const {renderEnqueue} = await import('../render/enqueue.ts')
    const {count} = await import('../render/format.ts')
    const signal = this.interruption()
    const progress = await this.progress('enqueueing')
    const result = await runEnqueue({
      flags,
      files: argv.map(String),
      settings,
      signal,
      // The connection that items go over is opened beside this one, and has a patience of its own
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

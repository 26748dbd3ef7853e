import {Args, Flags} from '@oclif/core'
import {enqueueFlags} from '../cli/enqueue-flags.ts'
import {OperationCommand} from '../cli/operation.ts'
import {conflictFlags, connectionFlags, queueFlag, sinkFlags} from '../cli/shared-flags.ts'
import type {CheckResult} from '../operations/check.ts'

export default class Check extends OperationCommand<CheckResult> {
  static override summary = 'Say what would become of the records of a file, and write nothing.'
  static override description =
    `Records are really tried, the way "qtool work" writes them, in one transaction that is always rolled back: what would be
refused and why, which keys name no column, which columns get no value, which keys are repeated. Statements that would help
are shown, never run. Sequences may skip numbers, and whoever writes the same keys meanwhile waits for the end.
The exit code is 5 if something would be refused.`
  static override examples = [
    '<%= config.bin %> check feed.ndjson --table public.orders',
    `<%= config.bin %> check feed.csv --table public.orders --map city=customer.address.city --time placed_at=ms`,
    'zcat feed.gz | <%= config.bin %> check -q orders',
    '<%= config.bin %> check feed.ndjson --table public.stock --on-conflict update --newest-by changed_at',
    `<%= config.bin %> check feed.ndjson --route type=order:public.orders --route '*:public.others'`,
  ]
  static override strict = false
  static override args = {
    files: Args.string({
      ignoreStdin: true,
      description: 'Files to read; standard input if left out, or for -.',
    }),
  }
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...sinkFlags,
    ...conflictFlags,
    format: enqueueFlags.format,
    lenient: Flags.boolean({summary: 'Read a bare NaN or Infinity, as Python writes it, as null.'}),
    rejects: Flags.string({
      summary: 'Write what would be refused to this file, as NDJSON, with line and reason.',
      helpValue: 'FILE',
    }),
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 20, summary: 'Obstacles to show.'}),
  }

  async run(): Promise<CheckResult> {
    const {argv, flags} = await this.parse(Check)
    const settings = await this.settings(flags)
    const {checkFiles} = await import('../operations/check.ts')
    const {renderCheck} = await import('../render/check.ts')
    const signal = this.interruption()
    const input = {...flags, files: argv.map(String), stdin: process.stdin, show: flags.limit}
    const result = await checkFiles(this.caller(settings, signal), settings, input)
    if (result.refused + result.unknown > 0) this.endAs('check')
    if (signal.aborted) this.endAs('interrupted')
    this.log(renderCheck(result, this.width))
    return result
  }
}

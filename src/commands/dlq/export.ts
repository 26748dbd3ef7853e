import {Flags} from '@oclif/core'
import {bulkFlags, recordsFlags} from '../../cli/letters.ts'
import {toNewFile} from '../../cli/new-file.ts'
import {OperationCommand} from '../../cli/operation.ts'
import {printData} from '../../cli/print-data.ts'
import {connectionFlags, queueArg, queueFlag} from '../../cli/shared-flags.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'
import {usageError} from '../../errors.ts'
import type {ExportFormat} from '../../letters/export.ts'

interface DlqExportResult {
  queue: string
  /** Dead letters written; for a pipe, those that its reader has read. */
  exported: number
  format: ExportFormat
  output: string | null
}

export default class DlqExport extends OperationCommand<DlqExportResult> {
  static override summary = 'Write dead letters to a file or to stdout; the queue is left unchanged.'
  static override description = [
    'ndjson holds the items themselves, one a line, as "qtool enqueue" reads them. csv holds the causes of failure as well;',
    'a field that a spreadsheet would run as a formula is prefixed with an apostrophe, unless --raw is given.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq export --reason malformed > malformed.ndjson',
    '<%= config.bin %> dlq export --format csv -o letters.csv',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlags,
    format: Flags.option({options: ['ndjson', 'csv'] as const, default: 'ndjson' as const})({
      summary: 'Output format.',
    }),
    output: Flags.string({char: 'o', summary: 'New file to write (default: stdout).', helpValue: 'FILE'}),
    raw: Flags.boolean({summary: 'Write the fields of csv unchanged.'}),
  }

  async run(): Promise<DlqExportResult> {
    const parsed = await this.parse(DlqExport)
    const {flags} = parsed
    assertNoIdleFlags(parsed, {raw: flags.format !== 'csv' && 'without --format csv'})
    if (this.jsonEnabled() && !flags.output) {
      throw usageError('--json needs --output, since both would be written to stdout')
    }
    const settings = await this.settings(flags)
    const {exportLetters} = await import('../../operations/export-letters.ts')
    const {renderExport} = await import('../../render/export.ts')
    const {format, output = null} = flags
    const signal = this.interruption()
    let isTaken = true
    const write = async (text: AsyncIterable<Buffer>) => {
      if (output === null) isTaken = await printData(text)
      else await toNewFile(output, text, signal)
    }
    const input = {filter: flags, format, safe: !flags.raw}
    const exported = await exportLetters(this.caller(settings, signal), input, write)
    const result = {queue: settings.queue.value, exported, format, output}
    if (signal.aborted) this.endAs('interrupted')
    this.note(renderExport(result, {isTaken}))
    return result
  }
}

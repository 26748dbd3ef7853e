import {open, rm} from 'node:fs/promises'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {Flags} from '@oclif/core'
import {connectionFlags, queueFlag} from '../../cli/command.ts'
import {bulkFlags, LetterCommand, recordsFlag} from '../../cli/letters.ts'
import {assertNoIdleFlags} from '../../config/idle-flags.ts'
import {messageOf, QtoolError, usageError} from '../../errors.ts'
import type {ExportFormat} from '../../letters/export.ts'

interface DlqExportResult {
  queue: string
  /** Dead letters written; for a pipe, those that its reader has read. */
  exported: number
  format: ExportFormat
  output: string | null
}

export default class DlqExport extends LetterCommand<DlqExportResult> {
  static override summary = 'Write dead letters to a file or to stdout; the queue is left unchanged.'
  static override description = [
    'ndjson holds the items themselves, one a line, as "qtool enqueue" reads them. csv holds the causes of failure as well;',
    'a field that a spreadsheet would run as a formula is prefixed with an apostrophe, unless --raw is given.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq export --reason malformed > malformed.ndjson',
    '<%= config.bin %> dlq export --format csv -o letters.csv',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...bulkFlags,
    ...recordsFlag,
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
    const {exportLetters} = await import('../../letters/export.ts')
    const queue = settings.queue.value
    const {format, output = null} = flags
    let exported = 0
    let isTaken = true
    await this.withRedis(settings, async (redis) => {
      const {keys, filter} = await this.findLetters(redis, settings, {flags, use: 'read'})
      const onLetters = (count: number) => {
        exported += count
      }
      const text = exportLetters(redis, keys.dead, {filter, format, safe: !flags.raw, onLetters})
      if (output !== null) return toNewFile(output, text, this.interruption())
      for await (const part of text) {
        isTaken = await this.write(part)
        if (!isTaken) return
      }
    })
    const {plural} = await import('../../render/format.ts')
    const letters = plural(exported, 'dead letter')
    const to = output === null ? '' : ` to ${output}`
    this.note(
      isTaken
        ? `${letters} of queue ${queue} written${to}`
        : `the reader closed the pipe after taking ${letters} or a few more; the others were not written`,
    )
    return {queue, exported, format, output}
  }
}

/** Writes the file whole or not at all: what an interrupted export has written is removed. @throws QtoolError */
async function toNewFile(path: string, text: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw usageError(`cannot create the file of --output: ${messageOf(error)}`)
  })
  try {
    await pipeline(Readable.from(text), file.createWriteStream(), {signal})
  } catch (error) {
    await rm(path, {force: true})
    if (!signal.aborted) throw error
    throw new QtoolError(`interrupted; ${path} was not written`, {code: 'INTERRUPTED', kind: 'interrupted'})
  }
}

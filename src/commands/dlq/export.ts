import {open, rm} from 'node:fs/promises'
import {Readable} from 'node:stream'
import {pipeline} from 'node:stream/promises'
import {Flags} from '@oclif/core'
import {connectionFlags, letterFlags, QtoolCommand, queueFlag} from '../../command.ts'
import {messageOf, QtoolError, usageError} from '../../errors.ts'
import type {ExportFormat} from '../../letters/export.ts'

interface DlqExportResult {
  queue: string
  exported: number
  format: ExportFormat
  output: string | null
}

export default class DlqExport extends QtoolCommand<DlqExportResult> {
  static override summary = 'Write dead letters to a file or to stdout; nothing is taken away.'
  static override description =
    `ndjson holds the items themselves, one a line, as "qtool enqueue" takes them. csv holds their causes as well; a field
that a spreadsheet would run as a formula gets an apostrophe in front, unless --raw.`
  static override examples = [
    '<%= config.bin %> dlq export --reason malformed > malformed.ndjson',
    '<%= config.bin %> dlq export --format csv -o letters.csv',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    limit: Flags.integer({char: 'n', min: 1, summary: 'At most so many, oldest first.', helpGroup: 'FILTER'}),
    format: Flags.option({options: ['ndjson', 'csv'] as const, default: 'ndjson' as const})({
      summary: 'How to write them.',
    }),
    output: Flags.string({char: 'o', summary: 'New file to write; stdout by default.', helpValue: 'FILE'}),
    raw: Flags.boolean({summary: 'Leave fields of csv as they are.'}),
  }

  async run(): Promise<DlqExportResult> {
    const {flags} = await this.parse(DlqExport)
    if (this.jsonEnabled() && !flags.output) {
      throw usageError('expected --output with --json, since both would be written to stdout')
    }
    const settings = await this.settings(flags)
    const {exportLetters} = await import('../../letters/export.ts')
    const {queueKeys} = await import('../../redis/keys.ts')
    const queue = settings.queue.value
    const {format, output = null} = flags
    let exported = 0
    await this.withRedis(settings, async (redis) => {
      const filter = await this.letterFilter(redis, flags)
      const onLetters = (count: number) => {
        exported += count
      }
      const text = exportLetters(redis, queueKeys(queue).dead, {filter, format, safe: !flags.raw, onLetters})
      if (output !== null) return toNewFile(output, text, this.interruption())
      for await (const part of text) if (!(await this.write(part))) return
    })
    const {plural} = await import('../../render/format.ts')
    this.note(
      `${plural(exported, 'dead letter')} of ${queue} written${output === null ? '' : ` to ${output}`}`,
    )
    return {queue, exported, format, output}
  }
}

/** Whole or not at all: what an interrupted export has written is removed. @throws QtoolError */
async function toNewFile(path: string, text: AsyncIterable<Buffer>, signal: AbortSignal): Promise<void> {
  const file = await open(path, 'wx', 0o600).catch((error: unknown) => {
    throw usageError(`expected --output to name a file that can be made: ${messageOf(error)}`)
  })
  try {
    await pipeline(Readable.from(text), file.createWriteStream(), {signal})
  } catch (error) {
    await rm(path, {force: true})
    if (!signal.aborted) throw error
    throw new QtoolError(`interrupted; ${path} is not written`, {code: 'INTERRUPTED', kind: 'interrupted'})
  }
}

import {Flags} from '@oclif/core'
import {connectionFlags, QtoolCommand} from '../cli/command.ts'
import type {AuditLine} from '../queue/audit.ts'

interface AuditResult {
  lines: AuditLine[]
}

export default class Audit extends QtoolCommand<AuditResult> {
  static override summary = 'Show manual operations on queues: who, when, with which filter, on how many.'
  static override description =
    'Purges, replays, edits, pauses and the like; about the last 10,000 of this Redis. An operation is recorded before it begins, so one that was killed stays "started".'
  static override examples = ['<%= config.bin %> audit', '<%= config.bin %> audit -q orders -n 100']
  static override flags = {
    ...connectionFlags,
    queue: Flags.string({char: 'q', summary: 'Only operations on this queue.', helpValue: 'NAME'}),
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 20, summary: 'Lines to show.'}),
  }

  async run(): Promise<AuditResult> {
    const {flags} = await this.parse(Audit)
    const settings = await this.settings(flags)
    const {unknownQueueNote} = await import('../cli/known-queue.ts')
    const {readAudit} = await import('../queue/audit.ts')
    const {renderAudit} = await import('../render/trash.ts')
    const {queue} = flags
    const lines = await this.withRedis(settings, async (redis) => {
      const found = await readAudit(redis, flags)
      const note = queue !== undefined && found.length === 0 && (await unknownQueueNote(redis, queue))
      if (note) this.note(note)
      return found
    })
    this.log(renderAudit(lines, this.width))
    return {lines}
  }
}

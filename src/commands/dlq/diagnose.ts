import {Flags} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, queueFlag, sinkFlags} from '../../cli/command.ts'
import {LetterCommand, letterFlags} from '../../cli/letters.ts'
import type {Diagnosis} from '../../letters/diagnose.ts'

interface DlqDiagnoseResult extends Diagnosis {
  queue: string
  table: string
}

export default class DlqDiagnose extends LetterCommand<DlqDiagnoseResult> {
  static override summary =
    'Ask Postgres which dead letters would be written now, and why the others would not.'
  static override description = [
    'Records are really written, the way "qtool work" does it, in transactions that are always rolled back. Sequences',
    'may skip numbers. What this role or server cannot decide counts as unknown, never as passing.',
  ].join(' ')
  static override examples = [
    '<%= config.bin %> dlq diagnose',
    '<%= config.bin %> dlq diagnose --reason foreign_key --since 1d',
  ]
  static override flags = {
    ...connectionFlags,
    ...queueFlag,
    ...letterFlags,
    ...sinkFlags,
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 20, summary: 'Obstacles to show.'}),
  }

  async run(): Promise<DlqDiagnoseResult> {
    const {flags} = await this.parse(DlqDiagnose)
    const settings = await this.settings(flags)
    const {diagnoseLetters} = await import('../../letters/diagnose.ts')
    const {renderDiagnosis} = await import('../../render/diagnosis.ts')
    const {limit: show, ...filtering} = flags
    const signal = this.interruption()
    const result = await this.withRedis(settings, async (redis: Redis) => {
      const letters = await this.findLetters(redis, settings, {flags: filtering, use: 'read'})
      const {queue, keys, filter} = letters
      return this.withBoundSink(letters, flags, async (client, sink) => {
        const progress = await this.progress('asking Postgres')
        const onProgress = (read: number) => progress.update(`asking Postgres: ${read} letters`)
        const options = {filter, show, signal, onProgress}
        const found = await diagnoseLetters(redis, keys.dead, client, sink, options).finally(progress.stop)
        return {queue, table: `${sink.table.schema}.${sink.table.name}`, ...found}
      })
    })
    if (signal.aborted) {
      this.endAs('interrupted')
      this.note(`interrupted after ${result.matched} dead letters`)
    }
    this.log(renderDiagnosis(result.queue, result.table, result, this.width))
    return result
  }
}

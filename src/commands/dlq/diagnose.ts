import {Flags} from '@oclif/core'
import type {Redis} from 'ioredis'
import {connectionFlags, letterFlags, QtoolCommand, queueFlag, sinkFlags} from '../../command.ts'
import type {Diagnosis} from '../../letters/diagnose.ts'

interface DlqDiagnoseResult extends Diagnosis {
  queue: string
  table: string
}

export default class DlqDiagnose extends QtoolCommand<DlqDiagnoseResult> {
  static override summary =
    'Ask Postgres which dead letters would be written now, and why the others would not.'
  static override description =
    `Records are really written, the way "qtool work" does it, in transactions that are always rolled back. Sequences
may skip numbers. What this role or server cannot decide counts as unknown, never as passing.`
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
    const {queueKeys} = await import('../../redis/keys.ts')
    const {renderDiagnosis} = await import('../../render/diagnosis.ts')
    const queue = settings.queue.value
    const {limit, ...filtering} = flags
    const signal = this.interruption()
    const ask = (redis: Redis) =>
      this.withSink(settings, flags, async (client, sink) => {
        const filter = await this.letterFilter(redis, filtering)
        const progress = await this.progress('asking Postgres')
        const onProgress = (read: number) => progress.update(`asking Postgres: ${read} letters`)
        const options = {filter, show: limit, signal, onProgress}
        const key = queueKeys(queue).dead
        const found = await diagnoseLetters(redis, key, client, sink, options).finally(progress.stop)
        return {table: `${sink.table.schema}.${sink.table.name}`, ...found}
      })
    const result = {queue, ...(await this.withRedis(settings, ask))}
    if (signal.aborted) {
      this.endAs('interrupted')
      this.note(`interrupted after ${result.matched} dead letters`)
    }
    this.log(renderDiagnosis(queue, result.table, result, this.width))
    return result
  }
}

import {Flags} from '@oclif/core'
import {letterFlags} from '../../cli/letters.ts'
import {OperationCommand} from '../../cli/operation.ts'
import {
  connectionFlags,
  mappingFlags,
  queueArg,
  queueFlag,
  readFromFlag,
  sinkFlags,
} from '../../cli/shared-flags.ts'
import {isTyped} from '../../config/idle-flags.ts'
import type {DiagnoseResult} from '../../operations/diagnose-letters.ts'

export default class DlqDiagnose extends OperationCommand<DiagnoseResult> {
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
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...queueFlag,
    ...letterFlags,
    ...sinkFlags,
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 20, summary: 'Obstacles to show.'}),
  }

  async run(): Promise<DiagnoseResult> {
    const parsed = await this.parse(DlqDiagnose)
    const {flags} = parsed
    const settings = await this.settings(flags)
    const {diagnoseLetters} = await import('../../operations/diagnose-letters.ts')
    const {underReadFrom} = await import('../../render/replica.ts')
    const {renderDiagnosis} = await import('../../render/diagnosis.ts')
    const {limit: show, ...filter} = flags
    const signal = this.interruption()
    const result = await diagnoseLetters(this.caller(settings, signal), {...flags, filter, show})
    if (signal.aborted) this.endAs('interrupted')
    const isOwnMapping = ['table', 'records', ...Object.keys(mappingFlags)].some((name) =>
      isTyped(parsed, name),
    )
    const view = {width: this.width, height: this.height(settings), style: this.style, isOwnMapping}
    const text = renderDiagnosis(result.queue, result.table, result, view)
    this.log(this.headed(settings, underReadFrom(result.readFrom, text)))
    return result
  }
}

import {Flags} from '@oclif/core'
import {OperationCommand} from '../cli/operation.ts'
import {connectionFlags, payloadFlag, queueArg, queueFlag, readFromFlag} from '../cli/shared-flags.ts'
import {whereFlag} from '../cli/where.ts'
import type {PeekResult} from '../operations/peek.ts'

export default class Peek extends OperationCommand<PeekResult> {
  static override summary = 'Show the next items without taking them.'
  static override examples = [
    '<%= config.bin %> peek',
    '<%= config.bin %> peek -n 3 --json',
    "<%= config.bin %> peek --where 'age>10m payload.device.id:7'",
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...queueFlag,
    ...payloadFlag,
    ...whereFlag,
    limit: Flags.integer({char: 'n', min: 1, max: 10_000, default: 10, summary: 'Items to show.'}),
  }

  async run(): Promise<PeekResult> {
    const {flags} = await this.parse(Peek)
    const settings = await this.settings(flags)
    const {peek} = await import('../operations/peek.ts')
    const {underReadFrom} = await import('../render/replica.ts')
    const {renderPeek} = await import('../render/items.ts')
    const isFiltered = flags.where !== undefined
    const signal = isFiltered ? this.interruption() : undefined
    const result = await peek(this.caller(settings, signal), flags)
    if (signal?.aborted) this.endAs('interrupted')
    const text = renderPeek(result, {isFiltered, width: this.width})
    this.log(this.headed(settings, underReadFrom(result.readFrom, text)))
    return result
  }
}

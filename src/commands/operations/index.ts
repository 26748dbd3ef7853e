import {Flags} from '@oclif/core'
import {KeptCommand} from '../../cli/kept.ts'
import {connectionFlags} from '../../cli/shared-flags.ts'
import type {KeptOperation} from '../../operations/kept/kept-operation.ts'

interface OperationsResult {
  operations: KeptOperation[]
}

export default class Operations extends KeptCommand<OperationsResult> {
  static override summary = 'List the operations that are kept in Redis, newest first.'
  static override description =
    `Purges, replays and edits from "qtool serve" or "qtool apply --background". They go on when whoever asked
for them is gone. One that is over is kept for 7 days.`
  static override examples = ['<%= config.bin %> operations', '<%= config.bin %> operations -q orders -n 100']
  static override flags = {
    ...connectionFlags,
    queue: Flags.string({char: 'q', summary: 'Only operations on this queue.', helpValue: 'NAME'}),
    limit: Flags.integer({char: 'n', min: 1, max: 1000, default: 20, summary: 'Operations to show.'}),
  }

  async run(): Promise<OperationsResult> {
    const {flags} = await this.parse(Operations)
    const settings = await this.settings(flags)
    const {listOperations} = await import('../../operations/kept/find.ts')
    const {renderOperations} = await import('../../render/operations.ts')
    const {home, callerOf} = this.callers(settings)
    const operations = await listOperations(callerOf, {home, ...flags})
    this.log(renderOperations(operations, this.width))
    return {operations}
  }
}

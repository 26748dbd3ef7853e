import {Flags} from '@oclif/core'
import {connectionFlags, queueArg, queueFlag, readFromFlag} from '../cli/shared-flags.ts'
import {WatchCommand, watchFlags} from '../cli/watch.ts'
import {type QtoolError, usageError} from '../errors.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import type {Verification} from '../queue/verify-counts.ts'

export default class Inspect extends WatchCommand<QueueInspection> {
  static override summary = 'Show the state of a queue and of its Redis.'
  static override description =
    `Reads counters, so it takes the same time however large the queue is. --verify counts every dead letter instead and
corrects the counters while workers continue; it exits with 5 if a counter was wrong, for example after a manual DEL.
With --watch --json, each view is one line.`
  static override examples = [
    '<%= config.bin %> inspect',
    '<%= config.bin %> inspect -q orders --watch',
    '<%= config.bin %> inspect -q orders --verify',
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...queueFlag,
    ...watchFlags,
    verify: Flags.boolean({
      summary: 'Count every dead letter and correct the counters.',
      exclusive: ['watch'],
    }),
  }

  async run(): Promise<QueueInspection> {
    const {flags} = await this.parse(Inspect)
    const settings = await this.settings(flags)
    if (flags.verify && settings.readFrom === 'replica') throw verifiesPrimary()
    const {inspect, watch} = await import('../operations/inspect.ts')
    const {renderInspection, renderView} = await import('../render/inspect.ts')
    const signal = flags.watch || flags.verify ? this.interruption(flags.watch ? null : undefined) : undefined
    const caller = this.caller(settings, signal)
    if (flags.watch) return this.show(flags, (views) => watch(caller, views), renderView)
    const found = await inspect(caller, flags)
    if (flags.verify && !found.verified) this.endAs('interrupted')
    else if (found.verified && isMended(found.verified)) this.endAs('check')
    this.log(renderInspection(found))
    return found
  }
}

function verifiesPrimary(): QtoolError {
  return usageError('--verify corrects counters, which only the primary can', 'leave --read-from out')
}

function isMended({mended, mendedTimes}: Verification): boolean {
  return mended.length + mendedTimes.length > 0
}

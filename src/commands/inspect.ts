import {Flags} from '@oclif/core'
import {connectionFlags, queueArg, queueFlag, readFromFlag} from '../cli/shared-flags.ts'
import {WatchCommand, watchFlags} from '../cli/watch.ts'
import type {Settings} from '../config/settings.ts'
import {type QtoolError, usageError} from '../errors.ts'
import {QUEUE_FIGURES, queueChecks} from '../operations/queue-thresholds.ts'
import type {QueueInspection} from '../queue/inspect.ts'
import {fitLines} from '../render/fit-lines.ts'
import type {InspectView} from '../render/inspect.ts'
import type {Check} from '../threshold/threshold.ts'

/** `checks`: one for each --fail-if. */
type Inspected = QueueInspection & {checks: Check[]}

export default class Inspect extends WatchCommand<Inspected> {
  static override summary = 'Show the state of a queue and of its Redis.'
  static override description =
    `Reads counters, so it takes the same time however large the queue is. --verify counts every dead letter instead and
corrects the counters while workers continue; it exits with 5 if a counter was wrong, for example after a manual DEL.
On a terminal, each section for which there is no room is shown in one line. With --watch --json, each view is one line.`
  static override examples = [
    '<%= config.bin %> inspect',
    '<%= config.bin %> inspect -q orders --watch',
    '<%= config.bin %> inspect -q orders --verify',
    "<%= config.bin %> inspect -q orders --fail-if 'dead>1000' --fail-if 'oldest>5m'",
  ]
  static override args = queueArg
  static override flags = {
    ...connectionFlags,
    ...readFromFlag,
    ...queueFlag,
    ...watchFlags,
    'fail-if': Flags.string({
      multiple: true,
      exclusive: ['watch'],
      summary: "Exit 5 if this holds, e.g. 'dead>1000' or 'oldest>5m' (repeatable).",
      description: `Figures: ${QUEUE_FIGURES.join(', ')}.`,
      helpValue: 'CONDITION',
    }),
    verify: Flags.boolean({
      summary: 'Count every dead letter and correct the counters.',
      exclusive: ['watch'],
    }),
  }

  async run(): Promise<Inspected> {
    const {flags} = await this.parse(Inspect)
    const judge = queueChecks(flags['fail-if'] ?? [])
    const settings = await this.settings(flags)
    if (flags.verify && settings.readFrom === 'replica') throw verifiesPrimary()
    const signal = flags.watch || flags.verify ? this.interruption(flags.watch ? null : undefined) : undefined
    const caller = this.caller(settings, signal)
    const judged = (found: QueueInspection): Inspected => ({...found, checks: judge(found)})
    const {inspect, watch} = await import('../operations/inspect.ts')
    const {renderInspection, renderView} = await import('../render/inspect.ts')
    const {renderChecked} = await import('../render/checked.ts')
    if (flags.watch) {
      return this.show(
        flags,
        (views) => watch(caller, {...views, onView: (found) => views.onView(judged(found))}),
        (found, before) => this.headed(settings, renderView(found, before, this.#view(settings, CLOCK))),
      )
    }
    const found = judged(await inspect(caller, flags))
    if (flags.verify && !found.verified) this.endAs('interrupted')
    else if (isWrong(found)) this.endAs('check')
    const above = renderChecked(found.checks)
    const text = renderInspection(found, this.#view(settings, above))
    this.log(this.headed(settings, `${above}${text}`))
    return found
  }

  /** How a view is shown below some lines, each of which ends. */
  #view(settings: Settings, above: string): InspectView {
    const taken = fitLines(above, this.width).split('\n').length - 1
    return {width: this.width, height: this.height(settings) - taken, style: this.style}
  }
}

/** Stands above each view of --watch, and tells when the next one comes. */
const CLOCK = '\n'

function verifiesPrimary(): QtoolError {
  return usageError('--verify corrects counters, which only the primary can', 'leave --read-from out')
}

/** Whether a counter was wrong, or a condition of --fail-if holds. */
function isWrong({verified, checks}: Inspected): boolean {
  const isMended = verified !== null && verified.mended.length + verified.mendedTimes.length > 0
  return isMended || checks.some(({ok}) => !ok)
}

import {Measure} from '../progress/measure.ts'
import type {Continuation, Report, Stage} from '../progress/stage.ts'
import {unfinishedText} from '../render/progress.ts'
import {type ProgressPlace, showProgress} from './show-progress.ts'

/** How a command ended early. */
export interface EarlyEnd {
  ended: 'interrupted' | 'failed'
  /** Whether it is certain that nothing was done beyond what was counted. */
  isExact: boolean
}

/** What a command does that lasts: it is shown meanwhile, and accounted for if the command ends early. */
export class Undertaking {
  /** How far it was when it ended: the last stage that changed something, or else the last one. */
  #last?: Stage

  /**
   * Shows how far work is while it runs.
   * @param signal aborted to end the work early, so that it has not come to its end
   */
  async during<R>(
    stage: Stage,
    place: ProgressPlace & {signal: AbortSignal},
    work: (report: Report) => Promise<R>,
  ): Promise<R> {
    const measure = new Measure(stage, performance.now())
    const {report, stop} = await showProgress(measure, place)
    this.#keep(stage)
    const keep: Report = (now) => {
      report(now)
      this.#keep(measure.stage)
    }
    try {
      const result = await work(keep)
      // What has come to its end needs no account
      if (!place.signal.aborted) this.#last = undefined
      return result
    } finally {
      stop()
    }
  }

  /**
   * What was done and what was not, and the command line that continues; nothing if there is nothing to say.
   * @param lineOf makes the command line
   */
  account({ended, isExact}: EarlyEnd, lineOf: (continuation: Continuation) => string): [string?, string?] {
    const stage = this.#last
    if (!stage) return []
    const {did, waiting} = stage
    // An error of a command that has done nothing says all there is to say
    if (ended === 'failed' && !did?.count) return []
    const text = unfinishedText(stage, {ended, isExact})
    if (waiting === 0 || (did?.of !== undefined && did.count >= did.of)) return [text]
    const {instead, caution, isAfresh = !did, ...how} = stage.continued?.(did?.count ?? 0) ?? {}
    if (instead !== undefined) return [`${text}; ${instead}`]
    const careful = caution === undefined ? '' : ` (${caution})`
    const first = ended === 'failed' ? 'once the cause is mended, ' : ''
    return [`${text}; ${first}this ${isAfresh ? 'begins again' : 'continues'}${careful}:`, lineOf(how)]
  }

  #keep(stage: Stage): void {
    if (stage.did || !this.#last?.did) this.#last = stage
  }
}

import {monitorEventLoopDelay} from 'node:perf_hooks'

/** Interval between checks of the event loop; 1 ms would cost 2 % of a core, 10 ms 0.4 %. */
const RESOLUTION_MS = 20

/** Watches how much the event loop is delayed, from its construction on. */
export class LagWatch {
  readonly #delay = monitorEventLoopDelay({resolution: RESOLUTION_MS})

  constructor() {
    this.#delay.enable()
  }

  /**
   * @returns p99 in ms. The checks are delayed too, so that one long halt is a single check; how late operations were
   * is in `late` of the open loop.
   */
  stop(): number {
    this.#delay.disable()
    // Each check is recorded as the time since the one before
    const lag = this.#delay.count === 0 ? 0 : this.#delay.percentile(99) / 1e6 - RESOLUTION_MS
    return Math.max(0, lag)
  }
}

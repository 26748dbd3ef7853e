import {type EventLoopUtilization, monitorEventLoopDelay, performance} from 'node:perf_hooks'

/** Between two looks at the event loop; 1 ms would cost 2 % of a core, this costs 0.4 %. */
const RESOLUTION_MS = 10

/** What this process spent, and how much its event loop was held up. */
export interface LoopLoad {
  /** CPU of all threads of this process, percent of one core. */
  cpu: number
  /** Share of the time in which the event loop was not waiting for work, 0 to 1. Waiting for the CPU is among it. */
  busy: number
  /**
   * How long the event loop was held up, p99 in ms. Looks are held up too, so that one long halt is one look: what
   * was late for operations is in the `late` of the open loop.
   */
  lag: number
}

/** Watches the event loop from `new` on. */
export class LoopWatch {
  readonly #delay = monitorEventLoopDelay({resolution: RESOLUTION_MS})
  readonly #started = performance.now()
  readonly #cpu = process.cpuUsage()
  readonly #utilization: EventLoopUtilization = performance.eventLoopUtilization()

  constructor() {
    this.#delay.enable()
  }

  stop(): LoopLoad {
    this.#delay.disable()
    const micros = (performance.now() - this.#started) * 1000
    const {user, system} = process.cpuUsage(this.#cpu)
    // Each look is recorded as the time since the one before
    const lag = this.#delay.count === 0 ? 0 : this.#delay.percentile(99) / 1e6 - RESOLUTION_MS
    return {
      cpu: ((user + system) / micros) * 100,
      busy: performance.eventLoopUtilization(this.#utilization).utilization,
      lag: Math.max(0, lag),
    }
  }
}

import {type EventLoopUtilization, performance} from 'node:perf_hooks'

/** What this process used. */
export interface LoopLoad {
  /** CPU of all threads of this process, percent of one core. */
  cpu: number
  /** Share of the time in which the event loop was not waiting for work, 0 to 1. It includes waiting for the CPU. */
  busy: number
}

/** Watches this process from its construction on. */
export class LoopWatch {
  readonly #started = performance.now()
  readonly #cpu = process.cpuUsage()
  readonly #utilization: EventLoopUtilization = performance.eventLoopUtilization()

  stop(): LoopLoad {
    const micros = (performance.now() - this.#started) * 1000
    const {user, system} = process.cpuUsage(this.#cpu)
    return {
      cpu: ((user + system) / micros) * 100,
      busy: performance.eventLoopUtilization(this.#utilization).utilization,
    }
  }
}

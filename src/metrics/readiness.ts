import type {BreakerState} from '../worker/breaker.ts'
import type {ServerName, WorkerObserver} from '../worker/observer.ts'

/** One reason why a worker should get no work. */
export interface NotReady {
  check: 'worker' | ServerName
  reason: string
}

const REASONS: Record<BreakerState, string | undefined> = {
  closed: undefined,
  'half-open': 'was unreachable and is being probed',
  open: 'is unreachable',
}

/** Whether a worker process can write what it takes. Nothing here names a host: anybody may read it. */
export class Readiness implements WorkerObserver {
  readonly #stopping: AbortSignal
  readonly #servers = new Map<ServerName, BreakerState>()
  #started = false

  constructor(stopping: AbortSignal) {
    this.#stopping = stopping
  }

  /** Call once both servers have answered, and the queue and the table were found. */
  started(): void {
    this.#started = true
  }

  breaker(server: ServerName, state: BreakerState): void {
    this.#servers.set(server, state)
  }

  /** Empty if it is ready. */
  failed(): NotReady[] {
    const worker = this.#stopping.aborted
      ? [{check: 'worker' as const, reason: 'is stopping'}]
      : this.#started
        ? []
        : [{check: 'worker' as const, reason: 'is starting'}]
    const servers = [...this.#servers].flatMap(([check, state]) => {
      const reason = REASONS[state]
      return reason ? [{check, reason}] : []
    })
    return [...worker, ...servers]
  }
}

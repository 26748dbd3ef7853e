import {randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import {setTimeout as wait} from 'node:timers/promises'
import type {QueueEngine} from '../queue/engine.ts'
import {SILENT_MS} from '../queue/worker-state.ts'
import type {BreakerState} from './breaker.ts'
import type {ServerName, WorkerObserver} from './observer.ts'

/** How long an ending process waits for the removal of its report, ms. */
const STOP_MS = 500

/** Reports this process and the state of its servers for `qtool inspect`, every few seconds and at every change. */
export class Presence implements WorkerObserver {
  readonly #queue: QueueEngine
  readonly #workers: number
  readonly #servers: Record<ServerName, BreakerState> = {postgres: 'closed', redis: 'closed'}
  readonly #name = `${hostname()}:${process.pid}:${randomUUID().slice(0, 4)}`
  readonly #timer: NodeJS.Timeout
  #reporting: Promise<void> = Promise.resolve()

  /** @param workers leases that the process works on in parallel */
  constructor(queue: QueueEngine, workers: number) {
    this.#queue = queue
    this.#workers = workers
    this.#timer = setInterval(() => this.#report(), SILENT_MS / 3)
    this.#timer.unref()
    this.#report()
    void queue.forgetSilentWorkers().catch(() => {})
  }

  breaker(server: ServerName, state: BreakerState): void {
    this.#servers[server] = state
    this.#report()
  }

  /** Sends one report at a time; a failed report is replaced by the next. */
  #report(): void {
    this.#reporting = this.#reporting
      .then(() => this.#queue.reportWorker({name: this.#name, workers: this.#workers, ...this.#servers}))
      .catch(() => {})
  }

  /** Removes the report without waiting long for Redis: if it stays, `inspect` notices the silence a little later. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const forgotten = this.#reporting.then(() => this.#queue.forgetWorker(this.#name)).catch(() => {})
    await Promise.race([forgotten, wait(STOP_MS, undefined, {ref: false})])
  }
}

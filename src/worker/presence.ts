import {randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import {setTimeout as wait} from 'node:timers/promises'
import {SILENT_MS} from '../queue/worker-state.ts'
import type {Drain} from './state.ts'

/** How long an ending process waits for the removal of its report, ms. */
const STOP_MS = 500

/** Reports this process and the state of its servers for `qtool inspect`, every few seconds and at every change. */
export class Presence {
  readonly #drain: Drain
  readonly #name = `${hostname()}:${process.pid}:${randomUUID().slice(0, 4)}`
  readonly #timer: NodeJS.Timeout
  #reporting: Promise<void> = Promise.resolve()

  constructor(drain: Drain) {
    this.#drain = drain
    this.#timer = setInterval(() => this.report(), SILENT_MS / 3)
    this.#timer.unref()
    this.report()
    void drain.queue.forgetSilentWorkers().catch(() => {})
  }

  /** Sends one report at a time; a failed report is replaced by the next. */
  report(): void {
    const {queue, workers, breakers} = this.#drain
    this.#reporting = this.#reporting
      .then(() => {
        const state = {postgres: breakers.postgres.state, redis: breakers.redis.state}
        return queue.reportWorker({name: this.#name, workers, ...state})
      })
      .catch(() => {})
  }

  /** Removes the report without waiting long for Redis: if it stays, `inspect` notices the silence a little later. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const forgotten = this.#reporting.then(() => this.#drain.queue.forgetWorker(this.#name)).catch(() => {})
    await Promise.race([forgotten, wait(STOP_MS, undefined, {ref: false})])
  }
}

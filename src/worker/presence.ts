import {randomUUID} from 'node:crypto'
import {hostname} from 'node:os'
import {setTimeout as wait} from 'node:timers/promises'
import type {QueueEngine} from '../queue/engine.ts'
import {SILENT_MS, type WorkerState} from '../queue/worker-state.ts'
import {qtoolVersion} from '../version.ts'
import type {BreakerState} from './breaker.ts'
import type {HeldLease} from './held-lease.ts'
import type {ServerName, WorkerObserver, WrittenLease} from './observer.ts'
import {RecordRate} from './record-rate.ts'

/** How long an ending process waits for the removal of its report, ms. */
const STOP_MS = 500

/** Reports this process and the state of its servers for `qtool inspect`, every few seconds and at every change. */
export class Presence implements WorkerObserver {
  readonly #queue: QueueEngine
  readonly #is: Pick<WorkerState, 'workers' | 'mapping'>
  readonly #servers: Record<ServerName, BreakerState> = {postgres: 'closed', redis: 'closed'}
  readonly #process = {
    name: `${hostname()}:${process.pid}:${randomUUID().slice(0, 4)}`,
    host: hostname(),
    pid: process.pid,
    version: qtoolVersion(),
  }
  readonly #rate = new RecordRate()
  readonly #timer: NodeJS.Timeout
  #reporting: Promise<void> = Promise.resolve()

  /** @param is leases that the process works on in parallel, and how it writes them */
  constructor(queue: QueueEngine, is: Pick<WorkerState, 'workers' | 'mapping'>) {
    this.#queue = queue
    this.#is = is
    this.#timer = setInterval(() => this.#report(), SILENT_MS / 3)
    this.#timer.unref()
    this.#report()
    void queue.forgetSilentWorkers().catch(() => {})
  }

  settled(_lease: HeldLease, {records, wasApplied}: WrittenLease): void {
    // What an earlier holder wrote is not this worker's
    if (!wasApplied) this.#rate.add(records)
  }

  breaker(server: ServerName, state: BreakerState): void {
    this.#servers[server] = state
    this.#report()
  }

  /** Sends one report at a time; a failed report is replaced by the next. */
  #report(): void {
    this.#reporting = this.#reporting.then(() => this.#queue.reportWorker(this.#state())).catch(() => {})
  }

  #state(): Omit<WorkerState, 'seenAt'> {
    const recordsPerSecond = this.#rate.read()
    return {...this.#process, ...this.#is, ...this.#servers, recordsPerSecond}
  }

  /** Removes the report without waiting long for Redis: if it stays, `inspect` notices the silence a little later. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const forgotten = this.#reporting.then(() => this.#queue.forgetWorker(this.#process.name)).catch(() => {})
    await Promise.race([forgotten, wait(STOP_MS, undefined, {ref: false})])
  }
}

import {EventEmitter} from 'node:events'
import {BatchSize} from './batch-size.ts'
import {Turns} from './turns.ts'

/**
 * Pause between two looks, of all loops together, at a queue that gave less than a full lease, ms. Items gather in
 * that time: a lease of one record costs Postgres and this process nearly as much as one of twenty.
 */
export const GATHER_MS = 40

/** How much the loops of one process take, when they look for more, and when they end. */
export class Pace {
  readonly size: BatchSize
  readonly #turns = new Turns(GATHER_MS)
  /** Wakes the loops that found nothing: otherwise the last ones would sleep on after the queue is empty. */
  readonly #awake = new EventEmitter<{change: []}>().setMaxListeners(0)
  readonly #signal: AbortSignal
  #hasFailed = false

  /**
   * @param batch approximate number of records a lease should hold
   * @param signal first Ctrl-C: take no new lease, finish the current ones
   */
  constructor(batch: number, signal: AbortSignal) {
    this.size = new BatchSize(batch)
    this.#signal = signal
    signal.addEventListener('abort', this.wake)
  }

  /** Whether to take no new lease. */
  get isStopping(): boolean {
    return this.#signal.aborted || this.#hasFailed
  }

  /** Call when a loop has failed; the others finish what they hold. */
  fail(): void {
    this.#hasFailed = true
    this.wake()
  }

  /** Lets all waiting loops look again at once. */
  readonly wake = (): void => {
    this.#turns.release()
    this.#awake.emit('change')
  }

  /** Waits until this loop is the next to look at a queue that has few items or none. */
  turn(): Promise<void> {
    return this.#turns.wait()
  }

  /** Waits for `ms`, or less if there is a reason to look again or to end. */
  async idle(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer)
        this.#awake.off('change', end)
        resolve()
      }
      const timer = setTimeout(end, Math.max(1, ms))
      this.#awake.on('change', end)
    })
  }

  /** Call when all loops have ended. */
  close(): void {
    this.#signal.removeEventListener('abort', this.wake)
  }
}

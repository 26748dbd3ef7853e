import type {QtoolError} from '../errors.ts'
import {classifyFailure} from '../postgres/failure.ts'
import type {SetAsideError} from '../sink/judge/careful-lane.ts'
import type {StaleSinkError} from '../sink/stale-sink.ts'
import {backoffMs} from './backoff.ts'
import {isBrokenCircuit} from './breaker.ts'
import type {FuseError} from './fuse.ts'
import type {HeldLease} from './held-lease.ts'
import type {Setbacks} from './setbacks.ts'
import type {Worker} from './worker.ts'

/** How long a lease is set aside, ms: long enough to try others, or for a series of changes to end. */
const ASIDE_MS = 1000

/** Gives leases back that were not written. */
export class LeaseReturns {
  readonly #worker: Worker
  readonly #setbacks: Setbacks

  constructor(worker: Worker, setbacks: Setbacks) {
    this.#worker = worker
    this.#setbacks = setbacks
  }

  /**
   * Delays a lease of which no record was accepted until others were tried. @throws Postgres's error if the lease comes
   * back and none was accepted from others either, because then the user has to act
   */
  async setAside(lease: HeldLease, {cause}: SetAsideError): Promise<void> {
    const {queue, observer} = this.#worker
    const isFirst = this.#setbacks.setAside(lease.id)
    await queue.giveBack(lease, {why: 'untried', delayMs: isFirst ? ASIDE_MS : 0})
    observer.gaveBack(lease, 'untried', cause)
    if (!isFirst) throw cause
  }

  /** Delays a lease whose table has changed again each time that it was read. */
  async waitOut(lease: HeldLease, error: StaleSinkError): Promise<void> {
    const {queue, observer} = this.#worker
    await queue.giveBack(lease, {why: 'untried', delayMs: ASIDE_MS})
    observer.gaveBack(lease, 'untried', error)
  }

  /**
   * Delays a lease of which too many records would be refused until others were tried.
   * @throws `blown`, the error of a fuse that has blown, if any
   */
  async heedFuse(lease: HeldLease, blown: QtoolError | undefined, error: FuseError): Promise<void> {
    const {queue, observer} = this.#worker
    await queue.giveBack(lease, {why: 'untried', delayMs: blown ? 0 : ASIDE_MS})
    observer.gaveBack(lease, 'untried', error)
    if (blown) throw blown
  }

  /**
   * Gives a lease back after an error. If the attempt itself failed, the lease waits in Redis and has used a retry; if
   * it was never tried, because the database is unreachable, it has not. Running out of retries does not by itself
   * reject a record: see careful-lane.ts.
   * @throws the error if the user has to act; the items are kept
   */
  async giveBack(lease: HeldLease, error: unknown, began: boolean): Promise<void> {
    const {servers, target, queue, observer} = this.#worker
    const kind = isBrokenCircuit(error) ? 'away' : classifyFailure(error)
    if (kind === 'config') {
      await target.queue.giveBack(lease, {why: 'untried', delayMs: 0}).catch(() => {})
      observer.gaveBack(lease, 'untried', error)
      throw error
    }
    if (began) this.#setbacks.failed(lease.id)
    const counts = began && (kind === 'retry' || servers.breakers.postgres.state === 'closed')
    const why = counts ? 'failed' : 'untried'
    await queue.giveBack(lease, {why, delayMs: backoffMs(lease.retries)})
    observer.gaveBack(lease, why, error)
  }
}

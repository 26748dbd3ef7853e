import type {GiveBack} from '../queue/lease.ts'
import type {Cause} from '../record/cause.ts'
import type {Sink} from '../sink/sink.ts'
import type {LeaseResult} from '../sink/write/transaction.ts'
import type {BreakerState} from './breaker.ts'
import type {HeldLease} from './held-lease.ts'

/** The result of a lease, with what the ledger does not keep. */
export interface WrittenLease extends LeaseResult {
  /** Why each dead letter is one; unknown, and therefore none, if an earlier holder wrote the lease. */
  refused: ReadonlyArray<Pick<Cause, 'reason' | 'table'>>
  /** Bytes of the texts that its records were found in; undefined if they were not read. */
  textBytes?: number
}

/** A pause as a worker sees it. */
export interface SeenPause {
  by: string | null
  /** RFC 3339. */
  since: string | null
  /** RFC 3339, by the clock of this machine; null if the queue has to be resumed. */
  until: string | null
}

export type ServerName = 'redis' | 'postgres'

/**
 * What happens in a worker process, told to whoever counts or shows it. Each method is optional. They are called
 * between the steps of a lease, so they must be quick and must not throw.
 */
export interface WorkerObserver {
  taken?(lease: HeldLease): void
  /**
   * The records of a lease are committed; the lease is not acknowledged yet.
   * @param ms from the request for a connection to the reply to COMMIT
   */
  written?(lease: HeldLease, written: WrittenLease, ms: number): void
  /**
   * This worker is done with a lease that was written. It is acknowledged, unless it was lost or the worker stops while
   * Redis is unreachable: then another worker finds it in the ledger.
   */
  settled?(lease: HeldLease, written: WrittenLease): void
  /** A lease was not written and waits in Redis. @param why `failed` if that used up a retry */
  gaveBack?(lease: HeldLease, why: GiveBack['why'], error: unknown): void
  /** A lease was not written, and two were made of it. */
  split?(lease: HeldLease): void
  /** Another worker holds the lease. */
  lost?(lease: HeldLease): void
  /** A server became unreachable (`open`), is probed (`half-open`) or is back (`closed`). @param error what opened it */
  breaker?(server: ServerName, state: BreakerState, error?: unknown): void
  /**
   * The queue turned out to be paused, or no longer is.
   * @param items number of ready items if it is paused, else 0
   * @param pause who paused it and until when, if that is known
   */
  paused?(paused: boolean, items: number, pause?: SeenPause): void
  /** The table was read again because it had changed. */
  sinkChanged?(sink: Sink): void
}

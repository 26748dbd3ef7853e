import type {EventEmitter} from 'node:events'
import type {Redis} from 'ioredis'
import type {Pool} from 'pg'
import type {QueueEngine} from '../queue/engine.ts'
import type {AppliedLeases} from '../sink/ledger/ledger.ts'
import type {Sink} from '../sink/sink.ts'
import type {BatchSize} from './batch-size.ts'
import type {Breaker} from './breaker.ts'
import type {WorkerObserver} from './observer.ts'
import type {PauseWatch} from './pause.ts'
import type {Setbacks} from './setbacks.ts'
import type {Turns} from './turns.ts'

export interface DrainOptions {
  queue: QueueEngine
  /** Leases processed in parallel. */
  workers: number
  /** Approximate number of records a lease should hold. */
  batch: number
  leaseMs: number
  /** Retries of a lease after a transient error; after them, the record at fault is searched for. */
  maxRetries: number
  /** Retries of a record whose parent is missing, each after `delayMs`; 0 makes it a dead letter at once. */
  foreignKeys: {retries: number; delayMs: number}
  /** Return once no item is ready or leased; otherwise continue until `signal`. */
  untilEmpty: boolean
  /** The ledger of written leases; undefined if this role cannot write it. */
  ledger: AppliedLeases | undefined
  /** First Ctrl-C: take no new lease, finish the current ones. */
  signal: AbortSignal
  /** Told of everything that happens, in this order. */
  observers?: readonly WorkerObserver[]
}

/** Everything the loops of one process share. */
export interface Drain extends DrainOptions {
  redis: Redis
  pool: Pool
  sink: Sink
  setbacks: Setbacks
  size: BatchSize
  observer: Required<WorkerObserver>
  pauses: PauseWatch
  breakers: {redis: Breaker; postgres: Breaker}
  /** Set by the loop that failed; the others finish what they hold. */
  failed: AbortController
  /** Wakes the loops that found nothing: otherwise the last ones would sleep on after the queue is empty. */
  awake: EventEmitter<{change: []}>
  /** Paces the loops that found nothing to do. */
  turns: Turns
  /** When orphaned leases were last restored and the ledger last pruned, by `performance.now()`. */
  sweptAt: number
  prunedAt: number
}

/** Whether to take no new lease. */
export function isStopping(drain: Drain): boolean {
  return drain.signal.aborted || drain.failed.signal.aborted
}

/** Waits for `ms`, or less if a lease of this process is finished or the loop is to end. */
export async function idle(drain: Drain, ms: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const end = () => {
      clearTimeout(timer)
      drain.awake.off('change', end)
      resolve()
    }
    const timer = setTimeout(end, Math.max(1, ms))
    drain.awake.on('change', end)
  })
}

import type {WorkerObserver} from './observer.ts'
import type {Pace} from './pace.ts'
import type {Policy} from './policy.ts'
import type {Servers} from './servers.ts'
import type {Target} from './target.ts'
import type {WorkerQueue} from './worker-queue.ts'

/** What the loops of one process share. Functions that need only a part are given only that. */
export interface Worker {
  servers: Servers
  target: Target
  /** The queue of `target`, for calls that wait for Redis. */
  queue: WorkerQueue
  policy: Policy
  pace: Pace
  observer: Required<WorkerObserver>
}

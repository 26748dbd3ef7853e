import type {Take} from '../queue/lease.ts'
import type {SeenPause, WorkerObserver} from './observer.ts'
import type {WorkerQueue} from './worker-queue.ts'

/** Notices a pause and its end once each, however many loops meet them. */
export class PauseWatch {
  readonly #queue: WorkerQueue
  readonly #observer: Required<Pick<WorkerObserver, 'paused'>>
  #paused = false

  constructor(queue: WorkerQueue, observer: Required<Pick<WorkerObserver, 'paused'>>) {
    this.#queue = queue
    this.#observer = observer
  }

  /** Whether the queue was paused when last looked at. */
  get paused(): boolean {
    return this.#paused
  }

  async notice(take: Take): Promise<void> {
    const paused = take.state === 'paused'
    if (paused === this.#paused) return
    this.#paused = paused
    const pause = paused ? await this.#seen() : undefined
    this.#observer.paused(paused, 'ready' in take ? take.ready : 0, pause)
  }

  /** Undefined for a Redis user that may not read it, which must not stop a worker. */
  async #seen(): Promise<SeenPause | undefined> {
    const seen = await this.#queue.pause().catch(() => undefined)
    if (!seen) return undefined
    const {origin, endsInMs} = seen
    const until = endsInMs === null ? null : new Date(Date.now() + endsInMs).toISOString()
    return {by: origin?.by ?? null, since: origin?.since ?? null, until}
  }
}

import type {Take} from '../queue/lease.ts'
import type {WorkerObserver} from './observer.ts'

/** Notices a pause and its end once each, however many loops meet them. */
export class PauseWatch {
  readonly #observer: Required<Pick<WorkerObserver, 'paused'>>
  #paused = false

  constructor(observer: Required<Pick<WorkerObserver, 'paused'>>) {
    this.#observer = observer
  }

  /** Whether the queue was paused when last looked at. */
  get paused(): boolean {
    return this.#paused
  }

  notice(take: Take): void {
    const paused = take.state === 'paused'
    if (paused === this.#paused) return
    this.#paused = paused
    this.#observer.paused(paused, 'ready' in take ? take.ready : 0)
  }
}

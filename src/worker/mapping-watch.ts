import type {QueueEngine} from '../queue/engine.ts'
import {mappingWarnings} from '../queue/mapping-words.ts'

/** By when a process that has begun is known to the others, and how often they are looked at, ms. */
const LOOK_MS = 15_000

/**
 * Looks whether all workers of a queue write in the same way. A worker that begins with another mapping is refused unless it
 * rebinds the queue, and then those that are at work know nothing of that.
 */
export class MappingWatch {
  readonly #queue: Pick<QueueEngine, 'livingWorkers'>
  readonly #warn: (text: string) => void
  readonly #timer: NodeJS.Timeout
  /** The ways of writing that were warned of last, by which a restart of a worker is no news. */
  #told = ''

  constructor(queue: Pick<QueueEngine, 'livingWorkers'>, warn: (text: string) => void, everyMs = LOOK_MS) {
    this.#queue = queue
    this.#warn = warn
    this.#timer = setInterval(() => void this.look().catch(() => {}), everyMs)
    this.#timer.unref()
  }

  /** Warns if they write in different ways, once for the same ways. */
  async look(): Promise<void> {
    const workers = await this.#queue.livingWorkers()
    const ways = JSON.stringify([...new Set(workers.flatMap(({mapping}) => mapping ?? []))].sort())
    const warnings = mappingWarnings(workers)
    if (warnings.length > 0 && ways !== this.#told)
      for (const text of warnings) this.#warn(`WARNING: ${text}`)
    this.#told = ways
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}

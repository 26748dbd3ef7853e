import type {QueueEngine} from '../queue/engine.ts'
import type {KnownMemory, QueueInspection} from '../queue/inspect.ts'
import type {Observation, Sample} from './observation.ts'
import {observe, sampleOf} from './observe.ts'
import {type Listener, Poller, type PollerOptions} from './poller.ts'
import {type Reading, readingOf, withReading} from './reading.ts'
import type {VerdictOptions} from './verdict.ts'

/** What a monitor needs of a queue. */
export type Watched = Pick<QueueEngine, 'name' | 'inspect' | 'explain'>

export interface MonitorOptions extends Partial<Pick<PollerOptions, 'everyMs' | 'explain'>> {
  limits?: VerdictOptions
}

/** Samples are kept for this long, and at most one a second; a little less, since timers are not exact. */
const HISTORY_MS = 600_000
const SAMPLE_MS = 900

/** Memory is measured this often, ms: it takes Redis longer than all else. */
const MEMORY_MS = 30_000

/** Share of the members that come or go before memory is measured again, earlier than usual. */
const CHANGED = 0.2

/**
 * The one reader of a queue, for all who look at it: Redis is asked as often for one as for a hundred, and not at all
 * while nobody listens. Nothing of it throws but `current`.
 */
export class QueueMonitor {
  readonly #queue: Watched
  readonly #limits: VerdictOptions | undefined
  readonly #poller: Poller<Observation>
  #memory: KnownMemory = {}
  #measuredAt = Number.NEGATIVE_INFINITY
  /** Members of both sets when their memory was measured. */
  #measured: number[] | undefined
  #readings: Reading[] = []
  #history: Sample[] = []

  constructor(queue: Watched, {everyMs = 1000, explain, limits}: MonitorOptions = {}) {
    this.#queue = queue
    this.#limits = limits
    const options = {everyMs, doing: `reading queue ${queue.name}`, ...(explain && {explain})}
    this.#poller = new Poller(() => this.#read(), options)
  }

  /** Tells a listener of every observation, and of trouble while there is none. @returns what ends that */
  subscribe(listener: Listener<Observation>): () => void {
    return this.#poller.subscribe(listener)
  }

  latest(): Observation | undefined {
    return this.#poller.latest()
  }

  /** The latest observation if it is fresh, else a new one. Rejects with the error of Redis. */
  current(): Promise<Observation> {
    return this.#poller.current()
  }

  /** Of the last 10 minutes, as far as somebody listened; oldest first, about one a second. */
  history(): Sample[] {
    return [...this.#history]
  }

  async #read(): Promise<Observation> {
    const now = performance.now()
    const isKnown = now - this.#measuredAt < MEMORY_MS && !this.#hasChanged()
    const known = isKnown ? this.#memory : {}
    const inspection = await this.#queue.inspect(known).catch(async (error: unknown) => {
      throw await this.#queue.explain(error)
    })
    if (!known.memory) this.#measuredAt = now
    this.#memory = {memory: inspection.memory}
    if (!known.memory) this.#measured = membersOf(inspection)
    this.#readings = withReading(this.#readings, readingOf(inspection))
    const observation = observe(inspection, this.#readings, this.#limits)
    this.#keep(sampleOf(observation))
    return observation
  }

  /** Whether the queue has become so much larger or smaller that its memory is another one. */
  #hasChanged(): boolean {
    const latest = this.#poller.latest()
    if (!latest || !this.#measured) return false
    const now = membersOf(latest.inspection)
    return now.some((count, i) => {
      const before = this.#measured?.[i] ?? 0
      return Math.abs(count - before) > CHANGED * Math.max(before, count, 1)
    })
  }

  #keep(sample: Sample): void {
    const last = this.#history.at(-1)
    if (last && last.atMs > sample.atMs) this.#history = []
    else if (last && sample.atMs - last.atMs < SAMPLE_MS) return
    const kept = this.#history.filter(({atMs}) => sample.atMs - atMs < HISTORY_MS)
    this.#history = [...kept, sample]
  }
}

function membersOf({ready, deadLetters}: QueueInspection): number[] {
  return [ready, deadLetters]
}

import type {Observation} from '../monitor/observation.ts'
import type {QueueMonitor} from '../monitor/queue-monitor.ts'

/** How long a queue is read after a scrape, ms: longer than from one scrape to the next. */
const READ_ON_MS = 120_000

const NOBODY = {onReading: () => {}, onTrouble: () => {}}

/**
 * Observes queues for whoever scrapes. A forecast needs several readings of the last half minute, which a scrape every
 * 15 s does not make, so a queue goes on being read for a while. One reader serves this and all who look at the queue.
 */
export class Scraped {
  readonly #readOnMs: number
  readonly #read = new Map<QueueMonitor, {stop: () => void; timer: NodeJS.Timeout}>()

  constructor(readOnMs = READ_ON_MS) {
    this.#readOnMs = readOnMs
  }

  /** What is known of these queues now; nothing of one that cannot be read. */
  async observe(monitors: readonly QueueMonitor[]): Promise<Observation[]> {
    for (const monitor of monitors) this.#readOn(monitor)
    const all = await Promise.allSettled(monitors.map((monitor) => monitor.current()))
    return all.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  }

  /** Stops reading. */
  close(): void {
    for (const monitor of [...this.#read.keys()]) this.#end(monitor)
  }

  #readOn(monitor: QueueMonitor): void {
    const before = this.#read.get(monitor)
    clearTimeout(before?.timer)
    const timer = setTimeout(() => this.#end(monitor), this.#readOnMs)
    timer.unref()
    this.#read.set(monitor, {stop: before?.stop ?? monitor.subscribe(NOBODY), timer})
  }

  #end(monitor: QueueMonitor): void {
    const reading = this.#read.get(monitor)
    clearTimeout(reading?.timer)
    reading?.stop()
    this.#read.delete(monitor)
  }
}

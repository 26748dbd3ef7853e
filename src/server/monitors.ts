import {assertQueueName} from '../config/queue-name.ts'
import {messageOf} from '../errors.ts'
import {openedLate} from '../monitor/opened-late.ts'
import {QueueMonitor} from '../monitor/queue-monitor.ts'
import {SurveyMonitor} from '../monitor/survey-monitor.ts'
import {openQueue} from '../queue/open.ts'
import {QueueSurvey} from '../queue/survey/queue-survey.ts'
import type {Resources} from './resources.ts'

/** Most queues of which a history is kept; those that nobody asked for the longest are forgotten. */
const MOST = 500

/** How long a queue is read on after somebody has asked for it, ms: longer than scrapers wait from one time to the next. */
const WATCHED_MS = 120_000

/** Most queues that are read on: each reading takes Redis up to 5 ms. */
const MOST_WATCHED = 50

/** The readers of all queues, one for each, whoever asks. */
export class Monitors {
  readonly survey: SurveyMonitor
  readonly #resources: Resources
  readonly #queues = new Map<string, QueueMonitor>()
  readonly #watches = new Map<string, NodeJS.Timeout>()
  readonly #stops = new Set<() => void>()

  constructor(resources: Resources) {
    const {reading, signal} = resources
    this.#resources = resources
    const options = {sort: 'name' as const, memory: false, signal}
    this.survey = new SurveyMonitor(() => new QueueSurvey(reading.redis, options), {explain: this.#explain})
  }

  /** @throws QtoolError (usage) for an impossible name */
  queue(name: string): QueueMonitor {
    const known = this.#queues.get(name)
    const monitor = known ?? this.#make(name)
    // The last is the one that was asked for most recently
    this.#queues.delete(name)
    this.#queues.set(name, monitor)
    const [oldest] = this.#queues.keys()
    if (this.#queues.size > MOST) this.#queues.delete(oldest)
    return monitor
  }

  /**
   * The same for one who asks now and then, such as a scraper: it goes on reading meanwhile, so that there are
   * rates, if not too many are read already.
   */
  watched(name: string): QueueMonitor {
    const monitor = this.queue(name)
    const known = this.#watches.get(name)
    if (known) known.refresh()
    else if (this.#watches.size < MOST_WATCHED) this.#watch(name, monitor)
    return monitor
  }

  /** Ends all reading that nobody else has ended. */
  close(): void {
    for (const timer of this.#watches.values()) clearTimeout(timer)
    for (const stop of this.#stops) stop()
  }

  #watch(name: string, monitor: QueueMonitor): void {
    const unsubscribe = monitor.subscribe({onReading: () => {}, onTrouble: () => {}})
    const stop = () => {
      unsubscribe()
      this.#watches.delete(name)
      this.#stops.delete(stop)
    }
    this.#stops.add(stop)
    this.#watches.set(name, setTimeout(stop, WATCHED_MS))
  }

  #make(name: string): QueueMonitor {
    const {redis} = this.#resources.reading
    assertQueueName(name)
    return new QueueMonitor(
      openedLate(name, () => openQueue(redis, {name})),
      {explain: this.#explain},
    )
  }

  readonly #explain = (error: unknown): string => {
    const {translate, redact} = this.#resources
    return redact(messageOf(translate(error)))
  }
}

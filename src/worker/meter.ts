import {RateWindow, timeLeft} from '../progress/rate-window.ts'
import {countSettled} from '../record/outcomes.ts'
import type {Counts, Pace, Progress, Tell} from './events.ts'
import {countsOf} from './tally.ts'

const SECOND_MS = 1000
/** Seconds between two lines about progress. */
const LINE_SECONDS = 60

export interface MeterOptions {
  /** What is done by now. */
  counts(): Counts
  /** Reads how many items wait. */
  depth(): Promise<number>
  /** Called every second. */
  onProgress?(progress: Progress): void
  /** Told once a minute. */
  tell: Tell
}

/** Looks once a second at what workers have done, and tells how far and how fast they are. */
export class Meter {
  readonly #options: MeterOptions
  readonly #records = new RateWindow()
  readonly #items = new RateWindow()
  readonly #timer: NodeJS.Timeout
  #seconds = 0
  #lastLine: Counts
  /** As it was read last; null if that failed. */
  #ready: number | null = null
  #isReading = false

  constructor(options: MeterOptions) {
    this.#options = options
    this.#lastLine = {...options.counts()}
    this.#sample()
    this.#timer = setInterval(() => this.#tick(), SECOND_MS)
    this.#timer.unref()
  }

  /** Shows once more how far it is, so that nothing is missing at the end. */
  stop(): void {
    clearInterval(this.#timer)
    this.#options.onProgress?.(this.#progress())
  }

  #tick(): void {
    this.#seconds++
    this.#sample()
    const {onProgress, tell} = this.#options
    const isLine = this.#seconds % LINE_SECONDS === 0
    // Read ahead of a line, so that the figure is not a minute old
    if (onProgress || (this.#seconds + 1) % LINE_SECONDS === 0) this.#readDepth()
    if (!onProgress && !isLine) return
    const progress = this.#progress()
    onProgress?.(progress)
    if (!isLine) return
    tell({event: 'progress', ...progress, ...this.#pace(progress)})
  }

  #progress(): Progress {
    return {...countsOf(this.#options.counts()), ready: this.#ready}
  }

  #pace(now: Progress): Pace {
    const before = this.#lastLine
    this.#lastLine = now
    const perSecond = this.#records.perSecond(performance.now()) ?? 0
    const left = now.ready === null ? null : timeLeft(now.ready, this.#items.perSecond(performance.now()))
    return {
      lastMinute: {
        records: countSettled(now) - countSettled(before),
        deadLettered: now.deadLettered - before.deadLettered,
      },
      recordsPerSecond: Math.round(perSecond * 10) / 10,
      leftMs: left === null ? null : Math.round(left),
    }
  }

  #sample(): void {
    const counts = this.#options.counts()
    this.#records.add(performance.now(), countSettled(counts))
    this.#items.add(performance.now(), counts.items)
  }

  #readDepth(): void {
    if (this.#isReading) return
    this.#isReading = true
    const read = this.#options.depth().then(
      (ready) => {
        this.#ready = ready
      },
      () => {
        this.#ready = null
      },
    )
    void read.finally(() => {
      this.#isReading = false
    })
  }
}

import {countSettled} from '../record/outcomes.ts'
import type {Counts, Progress, Tell} from './events.ts'
import {countsOf} from './tally.ts'

const SECOND_MS = 1000
/** Seconds that a rate is about. */
const RATE_SECONDS = 10
/** Seconds between two lines about progress. */
const LINE_SECONDS = 60

interface Sample {
  at: number
  records: number
  items: number
}

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

/** Looks once a second at what workers have done, and tells how fast they are now. */
export class Meter {
  readonly #options: MeterOptions
  readonly #samples: Sample[] = []
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
    const before = this.#lastLine
    this.#lastLine = {...this.#options.counts()}
    const records = countSettled(this.#lastLine) - countSettled(before)
    const deadLettered = this.#lastLine.deadLettered - before.deadLettered
    tell({event: 'progress', lastMinute: {records, deadLettered}, ...progress})
  }

  #progress(): Progress {
    const counts = this.#options.counts()
    const [first] = this.#samples
    const now = this.#samples[this.#samples.length - 1]
    const ms = now.at - first.at
    const perMs = (of: 'records' | 'items') => (ms > 0 ? (now[of] - first[of]) / ms : 0)
    const left = this.#ready === null || perMs('items') === 0 ? null : this.#ready / perMs('items')
    return {
      ...countsOf(counts),
      recordsPerSecond: Math.round(perMs('records') * 10_000) / 10,
      ready: this.#ready,
      leftMs: left === null ? null : Math.round(left),
    }
  }

  #sample(): void {
    const counts = this.#options.counts()
    this.#samples.push({at: performance.now(), records: countSettled(counts), items: counts.items})
    if (this.#samples.length > RATE_SECONDS + 1) this.#samples.shift()
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

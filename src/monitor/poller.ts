import {messageOf} from '../errors.ts'
import type {Trouble} from './trouble.ts'

/** Who is told of readings. */
export interface Listener<T> {
  onReading(reading: T): void
  onTrouble(trouble: Trouble): void
}

export interface PollerOptions {
  /** Time from the beginning of one reading to the next, ms. */
  everyMs: number
  /** What it does, for whoever reads of trouble: `reading queue orders`. */
  doing: string
  /** Why a reading failed, in words. */
  explain?(error: unknown): string
}

/** A reading that takes longer than this is trouble, ms. */
const SLOW_MS = 2000

/** Longest time between two tries, ms: a server that is back is seen within it. */
const LONGEST_MS = 5000

/**
 * Reads something every so often, but only while somebody listens, and one reading at a time, however many listen. A
 * reading that fails is told as trouble and tried again by itself.
 */
export class Poller<T> {
  readonly #read: () => Promise<T>
  readonly #options: Required<PollerOptions>
  readonly #listeners = new Set<Listener<T>>()
  #latest: {reading: T; at: number} | undefined
  #reading: Promise<T> | undefined
  #timer: NodeJS.Timeout | undefined
  #isTurning = false
  #trouble: Trouble | undefined
  #failures = 0

  constructor(read: () => Promise<T>, options: PollerOptions) {
    this.#read = read
    this.#options = {explain: messageOf, ...options}
  }

  /** Tells a listener of the latest reading, if it is fresh, and then of every new one. @returns what ends that */
  subscribe(listener: Listener<T>): () => void {
    this.#listeners.add(listener)
    queueMicrotask(() => this.#greet(listener))
    if (!this.#timer && !this.#isTurning) void this.#turn()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size > 0) return
      clearTimeout(this.#timer)
      this.#timer = undefined
      this.#trouble = undefined
    }
  }

  latest(): T | undefined {
    return this.#latest?.reading
  }

  /** The latest reading if it is fresh, else a new one. Rejects with the error of the reading. */
  async current(): Promise<T> {
    return this.#fresh() ?? this.#readOnce()
  }

  #fresh(): T | undefined {
    if (!this.#latest || performance.now() - this.#latest.at > 1.5 * this.#options.everyMs) return undefined
    return this.#latest.reading
  }

  #greet(listener: Listener<T>): void {
    if (!this.#listeners.has(listener)) return
    const [trouble, fresh] = [this.#trouble, this.#fresh()]
    if (trouble) tell([listener], (one) => one.onTrouble(trouble))
    else if (fresh) tell([listener], (one) => one.onReading(fresh))
  }

  async #turn(): Promise<void> {
    this.#timer = undefined
    this.#isTurning = true
    const startedAt = performance.now()
    const began = new Date().toISOString()
    const slow = setTimeout(() => this.#onSlow(began), SLOW_MS)
    const {everyMs} = this.#options
    let waitMs = everyMs
    try {
      const reading = await this.#readOnce()
      this.#trouble = undefined
      this.#failures = 0
      tell(this.#listeners, (one) => one.onReading(reading))
      // A server that is slow to answer gets some rest
      waitMs = Math.max(everyMs / 4, everyMs - (performance.now() - startedAt))
    } catch (error) {
      waitMs = Math.min(Math.max(LONGEST_MS, everyMs), everyMs * 2 ** this.#failures++)
      this.#onTrouble(began, this.#options.explain(error), waitMs)
    }
    clearTimeout(slow)
    this.#isTurning = false
    if (this.#listeners.size > 0) this.#timer = setTimeout(() => void this.#turn(), waitMs)
  }

  #readOnce(): Promise<T> {
    this.#reading ??= this.#read()
      .then((reading) => {
        this.#latest = {reading, at: performance.now()}
        return reading
      })
      .finally(() => {
        this.#reading = undefined
      })
    return this.#reading
  }

  #onSlow(began: string): void {
    this.#onTrouble(began, this.#options.explain(new Error(`no answer for ${SLOW_MS / 1000} s`)), 0)
  }

  #onTrouble(began: string, message: string, nextTryMs: number): void {
    const since = this.#trouble?.since ?? began
    const trouble = {tried: this.#options.doing, message, since, nextTryMs}
    this.#trouble = trouble
    tell(this.#listeners, (one) => one.onTrouble(trouble))
  }
}

/** A listener that fails, such as one whose connection has broken, must not keep the others from their reading. */
function tell<T>(listeners: Iterable<Listener<T>>, say: (listener: Listener<T>) => void): void {
  for (const listener of listeners) {
    try {
      say(listener)
    } catch {}
  }
}

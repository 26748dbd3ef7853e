import {messageOf} from '../../errors.ts'
import {Backlog} from './backlog.ts'
import {LatencyHistogram} from './histogram.ts'

interface Operation {
  /** ms from the start, as are all times here. */
  intended: number
  /** When its latency starts: the intended time, or the send if that was earlier by a tick of the clock. */
  from: number
  sentAt: number
}

export interface OperationsOptions {
  send(i: number, waitedMs: number): Promise<number | undefined>
  maxInFlight: number
  /** Operations due earlier than this are sent but not counted. */
  warmupMs: number
  /** ms from the start. */
  now(): number
  /** The same for a time that `performance.now()` has given. */
  since(at: number): number
  /** Called when an answer has come. */
  onAnswer(): void
}

/** How many different messages to keep: errors with a new number in each message must not fill the memory. */
const MOST_MESSAGES = 100

/** Sends the operations that are due, as far as there are slots, and keeps account of all of them. */
export class Operations {
  readonly corrected = new LatencyHistogram()
  readonly raw = new LatencyHistogram()
  readonly lag = new LatencyHistogram()
  readonly late = new LatencyHistogram()
  readonly errors = new Map<string, number>()
  /** Operations due after the warm-up that were sent. */
  sent = 0
  completed = 0
  failed = 0
  dropped = 0
  /** Operations answered in each second since the start, whenever they were due. */
  readonly seconds: Array<{completed: number; failed: number}> = []
  readonly #options: OperationsOptions
  readonly #waiting = new Backlog()
  readonly #inFlight = new Set<Operation>()
  #sequence = 0
  #onIdle: () => void = () => {}

  constructor(options: OperationsOptions) {
    this.#options = options
  }

  get inFlight(): number {
    return this.#inFlight.size
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** To be called for each operation, in order of time; `sendWaiting` then sends it. */
  due(intended: number, now: number): void {
    if (this.#counts(intended)) this.late.record(Math.max(0, now - intended))
    this.#waiting.push(intended)
  }

  sendWaiting(): void {
    while (this.#inFlight.size < this.#options.maxInFlight) {
      const intended = this.#waiting.shift()
      if (intended === undefined) return
      this.#send(intended)
    }
  }

  /** Ends sending: operations that still wait have failed. */
  dropWaiting(): void {
    const now = this.#options.now()
    const why = `not sent: ${this.#options.maxInFlight} operations were still unanswered`
    for (let intended = this.#waiting.shift(); intended !== undefined; intended = this.#waiting.shift()) {
      if (!this.#counts(intended)) continue
      this.dropped++
      this.#fail(why)
      this.corrected.recordAtLeast(now - intended)
    }
  }

  /** Resolves when everything sent has been answered. */
  async idle(): Promise<void> {
    if (this.#inFlight.size === 0) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  /** Fails every unanswered operation; later answers are ignored. */
  giveUp(why: string): void {
    for (const operation of this.#inFlight) this.#settle(operation, {error: new Error(why)}, 'given up')
  }

  #send(intended: number): void {
    const sentAt = this.#options.now()
    const from = Math.min(intended, sentAt)
    const operation = {intended, from, sentAt}
    if (this.#counts(intended)) {
      this.sent++
      this.lag.record(sentAt - from)
    }
    this.#inFlight.add(operation)
    this.#start(sentAt - from).then(
      (endedAt) => this.#settle(operation, {endedAt}),
      (error: unknown) => this.#settle(operation, {error: error ?? new Error('rejected without a reason')}),
    )
  }

  /** Async, so that `send` may throw as well as reject. */
  async #start(waitedMs: number): Promise<number | undefined> {
    return await this.#options.send(this.#sequence++, waitedMs)
  }

  #settle(
    operation: Operation,
    {error, endedAt}: {error?: unknown; endedAt?: number},
    how: 'answered' | 'given up' = 'answered',
  ): void {
    if (!this.#inFlight.delete(operation)) return
    const {intended, from, sentAt} = operation
    const now = endedAt === undefined ? this.#options.now() : this.#options.since(endedAt)
    const second = this.#second(now)
    if (error === undefined) second.completed++
    else second.failed++
    if (this.#counts(intended)) {
      if (error === undefined) this.completed++
      else this.#fail(messageOf(error))
      record(this.corrected, now - from, how)
      record(this.raw, now - sentAt, how)
    }
    if (this.#inFlight.size === 0) this.#onIdle()
    this.sendWaiting()
    this.#options.onAnswer()
  }

  #fail(message: string): void {
    this.failed++
    const known = this.errors.has(message) || this.errors.size < MOST_MESSAGES
    const name = known ? message : 'other errors'
    this.errors.set(name, (this.errors.get(name) ?? 0) + 1)
  }

  #second(now: number): {completed: number; failed: number} {
    const index = Math.floor(now / 1000)
    while (this.seconds.length <= index) this.seconds.push({completed: 0, failed: 0})
    return this.seconds[index]
  }

  #counts(intended: number): boolean {
    return intended >= this.#options.warmupMs
  }
}

function record(histogram: LatencyHistogram, ms: number, how: 'answered' | 'given up'): void {
  if (how === 'answered') histogram.record(ms)
  else histogram.recordAtLeast(ms)
}

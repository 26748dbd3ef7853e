import {setTimeout as delay} from 'node:timers/promises'
import type {Producer} from '../queue/producer.ts'
import {untilAborted} from './until-aborted.ts'

export interface PaceOptions {
  /** Records per second in all. */
  rate?: number
  /** Wait while the queue holds this many items. */
  maxDepth?: number
  /** Ends all waiting. */
  signal: AbortSignal
  /** Called once each time the queue becomes too deep, with its depth and what it may be. */
  onWait?: (depth: number, maxDepth: number) => void
}

/** Most records between two checks of the clock and of the depth of the queue. */
const STEP = 1000

/** Interval between checks of the depth of a full queue. */
const LOOK_MS = 100

/** Limits a producer to a rate, and holds it back while the queue is too deep; undefined if it has no limit. */
export function paceOf(producer: Producer, options: PaceOptions): Pace | undefined {
  return options.rate === undefined && options.maxDepth === undefined
    ? undefined
    : new Pace(producer, options)
}

export class Pace {
  readonly #producer: Producer
  readonly #options: PaceOptions
  readonly #step: number
  readonly #started = performance.now()
  #records = 0
  #sinceLook = 0

  constructor(producer: Producer, options: PaceOptions) {
    const {rate, maxDepth} = options
    const most = Math.min(STEP, maxDepth ?? STEP)
    this.#producer = producer
    this.#options = options
    // With a rate, steps are short enough to spread over each second
    this.#step = rate === undefined ? most : Math.max(1, Math.min(most, Math.floor(rate / 20)))
  }

  /** Counts a record that was added. @returns a promise if the next one has to wait */
  count(): Promise<void> | undefined {
    this.#records++
    if (++this.#sinceLook < this.#step) return undefined
    this.#sinceLook = 0
    return this.#look()
  }

  async #look(): Promise<void> {
    const {rate, maxDepth} = this.#options
    await this.#producer.flush()
    if (rate !== undefined)
      await this.#pause((this.#records / rate) * 1000 - (performance.now() - this.#started))
    if (maxDepth !== undefined) await this.#waitForRoom(maxDepth)
  }

  async #waitForRoom(maxDepth: number): Promise<void> {
    const {signal, onWait} = this.#options
    for (let told = false; !signal.aborted; told = true) {
      const depth = await untilAborted(this.#producer.depth(), signal)
      if (depth === undefined || depth < maxDepth) return
      if (!told) onWait?.(depth, maxDepth)
      await this.#pause(LOOK_MS)
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms >= 1) await delay(ms, undefined, {signal: this.#options.signal}).catch(() => {})
  }
}

import {setTimeout as delay} from 'node:timers/promises'
import type {Enqueuer} from '../queue/zset/enqueuer.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {untilAborted} from './until-aborted.ts'

export interface PaceOptions {
  keys: QueueKeys
  /** Records per second in all. */
  rate?: number
  /** Wait while the queue holds this many items. */
  maxDepth?: number
  /** Ends all waiting. */
  signal: AbortSignal
  /** Told once each time that the queue is too deep, with its depth. */
  onWait?: (depth: number) => void
}

/** Most records between two looks at the clock and at the depth of the queue. */
const STEP = 1000

/** Looks at the depth of a queue that is full. */
const LOOK_MS = 100

/** Holds a producer back to a rate, and while the queue is deep; undefined where it may go as fast as it can. */
export function paceOf(enqueuer: Enqueuer, options: PaceOptions): Pace | undefined {
  return options.rate === undefined && options.maxDepth === undefined
    ? undefined
    : new Pace(enqueuer, options)
}

export class Pace {
  readonly #enqueuer: Enqueuer
  readonly #options: PaceOptions
  readonly #step: number
  readonly #started = performance.now()
  #records = 0
  #sinceLook = 0

  constructor(enqueuer: Enqueuer, options: PaceOptions) {
    const {rate, maxDepth} = options
    const most = Math.min(STEP, maxDepth ?? STEP)
    this.#enqueuer = enqueuer
    this.#options = options
    // With a rate, steps are short enough to spread over each second
    this.#step = rate === undefined ? most : Math.max(1, Math.min(most, Math.floor(rate / 20)))
  }

  /** Counts a record that was added. @returns a promise where the next one has to wait */
  count(): Promise<void> | undefined {
    this.#records++
    if (++this.#sinceLook < this.#step) return undefined
    this.#sinceLook = 0
    return this.#look()
  }

  async #look(): Promise<void> {
    const {rate, maxDepth} = this.#options
    await this.#enqueuer.flush()
    if (rate !== undefined)
      await this.#pause((this.#records / rate) * 1000 - (performance.now() - this.#started))
    if (maxDepth !== undefined) await this.#waitForRoom(maxDepth)
  }

  async #waitForRoom(maxDepth: number): Promise<void> {
    const {keys, signal, onWait} = this.#options
    for (let told = false; !signal.aborted; told = true) {
      const depth = await untilAborted(
        this.#enqueuer.ask((redis) => redis.zcard(keys.ready)),
        signal,
      )
      if (depth === undefined || depth < maxDepth) return
      if (!told) onWait?.(depth)
      await this.#pause(LOOK_MS)
    }
  }

  async #pause(ms: number): Promise<void> {
    if (ms >= 1) await delay(ms, undefined, {signal: this.#options.signal}).catch(() => {})
  }
}

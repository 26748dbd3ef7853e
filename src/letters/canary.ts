import {setTimeout as wait} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {historyField} from '../queue/history.ts'
import type {Letter} from '../queue/letter.ts'
import {findMembers} from '../queue/member-scores.ts'
import {readPause} from '../queue/pause.ts'
import type {QueueKeys} from '../redis/keys.ts'

const LOOK_MS = 50
/** Of the time that goes by, looking may take this share: large canaries are much to send. */
const LOOK_SHARE = 0.2

export interface CanaryOptions {
  /** Letters to replay first. */
  count: number
  /** Most of them that may fail again, 0 to 1. */
  abortOn: number
  timeoutMs: number
}

/** What became of the canary. */
export interface CanaryResult {
  items: number
  failedAgain: number
  /** Still ready or leased when the time was over. */
  open: number
  /** The queue was paused then: no worker could take them. */
  paused: boolean
}

/** The first letters of a replay, which are watched before the others follow. */
export class Canary {
  /** Null as long as nobody knows. */
  result: CanaryResult | null = null
  readonly #redis: Redis
  readonly #keys: QueueKeys
  readonly #options: CanaryOptions
  readonly #items: Buffer[] = []

  constructor(redis: Redis, keys: QueueKeys, options: CanaryOptions) {
    this.#redis = redis
    this.#keys = keys
    this.#options = options
  }

  /** Letters that it still waits for; 0 where it has been watched. */
  get missing(): number {
    return this.result ? 0 : this.#options.count - this.#items.length
  }

  /** They are back in the queue. */
  add(letters: Letter[]): void {
    this.#items.push(...letters.map((letter) => letter.item))
  }

  /** Waits for the verdict on those there are; none where it is interrupted. */
  async watch(signal: AbortSignal): Promise<void> {
    if (this.result || this.#items.length === 0) return
    const {timeoutMs} = this.#options
    const open = await waitForWorkers(this.#redis, this.#keys, this.#items, {timeoutMs, signal})
    if (open === undefined) return
    const [known, pause] = await Promise.all([
      this.#redis.hmget(this.#keys.history, ...this.#items.map(historyField)),
      readPause(this.#redis, this.#keys),
    ])
    // The history of an item that failed again left with its dead letter
    const failedAgain = known.filter((text) => text === null).length
    this.result = {items: this.#items.length, failedAgain, open, paused: open > 0 && pause.paused}
  }

  /** It lives: the others may follow. */
  get isWell(): boolean {
    const {result} = this
    return !result || (result.open === 0 && result.failedAgain <= this.#options.abortOn * result.items)
  }
}

/** @returns how many items workers were not done with in time; undefined where it was interrupted */
async function waitForWorkers(
  redis: Redis,
  keys: QueueKeys,
  items: Buffer[],
  options: {timeoutMs: number; signal: AbortSignal},
): Promise<number | undefined> {
  const {timeoutMs, signal} = options
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const started = performance.now()
    const open = await countOpen(redis, keys, items)
    const ended = performance.now()
    if (open === 0 || (ended > deadline && !signal.aborted)) return open
    if (signal.aborted) return undefined
    const ms = Math.max(LOOK_MS, (ended - started) / LOOK_SHARE)
    await wait(ms, undefined, {signal}).catch(() => {})
  }
}

/** Items that are still ready or leased. The ready ones are read first: items only move from there to a lease. */
async function countOpen(redis: Redis, keys: QueueKeys, items: Buffer[]): Promise<number> {
  const ready = await findMembers(redis, keys.ready, items)
  const leases = await redis.zrange(keys.leases, '0', '-1')
  const leased = await Promise.all(leases.map((id) => findMembers(redis, keys.lease(id), items)))
  return items.filter((_, i) => ready[i] || leased.some((found) => found[i])).length
}

import {setTimeout as wait} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {failedAfter, type Letter} from '../queue/letter.ts'
import type {LetterFilter} from '../queue/letter-filter.ts'
import {LetterScan, redisNow} from '../queue/letter-scan.ts'
import {replayLetters} from '../queue/replay.ts'
import type {QueueKeys} from '../redis/keys.ts'
import {watchCanary} from './canary.ts'

export interface ReplayOptions {
  filter: LetterFilter
  /** Count only. */
  dryRun: boolean
  /** Items a second, at most. */
  rate?: number
  /** Replay `count` first, wait for workers, and stop where more than `abortOn` (0 to 1) of them fail again. */
  canary?: {count: number; abortOn: number; timeoutMs: number}
  /** Says of each letter whether it would be written now; letters that would not are left. */
  passes?: (letters: Letter[]) => Promise<boolean[]>
  signal: AbortSignal
  onProgress?: (replayed: number) => void
}

export interface ReplayResult {
  /** Dead letters that the filter means. */
  matched: number
  /** Items put back into the queue; of a dry run, that would be. */
  replayed: number
  /** Left, because an identical item is ready already. */
  waiting: number
  /** Left, because they would fail again. */
  failing: number
  /** Taken away by somebody else meanwhile. */
  gone: number
  canary: {items: number; failedAgain: number} | null
  /** The canary failed too often; the rest was left. */
  aborted: boolean
  /** Dead letters of the queue afterwards. */
  remaining: number
  seconds: number
  itemsPerSecond: number
}

/** Pauses of a replay with a rate, about. */
const TICK_MS = 100

/**
 * Puts dead letters back into the queue. Each item moves by itself, so a replay that is stopped or killed loses
 * nothing, and running it again goes on. Letters that fail while it runs are left for the next one.
 */
export async function runReplay(
  redis: Redis,
  keys: QueueKeys,
  options: ReplayOptions,
): Promise<ReplayResult> {
  const replay = new Replay(redis, keys, options, await redisNow(redis))
  const started = performance.now()
  await replay.run()
  const seconds = (performance.now() - started) / 1000
  const {result} = replay
  const itemsPerSecond = result.replayed / seconds
  return {...result, remaining: await redis.zcard(keys.dead), seconds, itemsPerSecond}
}

class Replay {
  readonly result: Omit<ReplayResult, 'remaining' | 'seconds' | 'itemsPerSecond'> = {
    matched: 0,
    replayed: 0,
    waiting: 0,
    failing: 0,
    gone: 0,
    canary: null,
    aborted: false,
  }
  readonly #redis: Redis
  readonly #keys: QueueKeys
  readonly #options: ReplayOptions
  readonly #scan: LetterScan
  readonly #startedAt: number
  readonly #clock = performance.now()
  #paced = 0

  constructor(redis: Redis, keys: QueueKeys, options: ReplayOptions, startedAt: number) {
    this.#redis = redis
    this.#keys = keys
    this.#options = options
    this.#startedAt = startedAt
    this.#scan = new LetterScan(redis, keys.dead, options.filter)
  }

  async run(): Promise<void> {
    for await (const page of this.#scan.pages()) {
      const older = page.filter((letter) => !failedAfter(letter.score, this.#startedAt))
      this.result.matched += older.length
      const chosen = await this.#choose(older)
      if (!(await this.#page(chosen)) || this.#options.signal.aborted) return
    }
  }

  /** Those that would pass; all of them where nobody asked. */
  async #choose(letters: Letter[]): Promise<Letter[]> {
    const {passes} = this.#options
    if (!passes || letters.length === 0) return letters
    const verdicts = await passes(letters)
    const kept = letters.filter((_, i) => verdicts[i])
    this.result.failing += letters.length - kept.length
    return kept
  }

  /** @returns false where the canary says stop */
  async #page(letters: Letter[]): Promise<boolean> {
    let rest = letters
    while (rest.length > 0 && !this.#options.signal.aborted) {
      const count = this.#next(rest.length)
      const moved = await this.#move(rest.slice(0, count))
      rest = rest.slice(count)
      if (!(await this.#canary(moved))) return false
      await this.#pace()
    }
    return true
  }

  /** How many may go at once. */
  #next(most: number): number {
    const {rate, canary} = this.#options
    const flock = canary ? canary.count - this.#canaries.length : 0
    const limit = flock > 0 ? flock : rate ? Math.max(1, Math.round((rate * TICK_MS) / 1000)) : most
    return Math.min(most, limit)
  }

  async #move(letters: Letter[]): Promise<Letter[]> {
    const {dryRun, onProgress} = this.#options
    if (dryRun) {
      this.result.replayed += letters.length
      return []
    }
    const {moved, waiting, gone} = await replayLetters(this.#redis, this.#keys, letters, this.#startedAt)
    this.#scan.removed([...moved, ...gone])
    this.result.replayed += moved.length
    this.result.waiting += waiting
    this.result.gone += gone.length
    this.#paced += moved.length
    onProgress?.(this.result.replayed)
    return moved
  }

  readonly #canaries: Buffer[] = []

  async #canary(moved: Letter[]): Promise<boolean> {
    const {canary, signal} = this.#options
    if (!canary || this.result.canary || moved.length === 0) return true
    this.#canaries.push(...moved.map((letter) => letter.item))
    if (this.#canaries.length < canary.count) return true
    const failedAgain = await watchCanary(this.#redis, this.#keys, this.#canaries, {
      timeoutMs: canary.timeoutMs,
      signal,
    })
    this.result.canary = {items: this.#canaries.length, failedAgain}
    this.result.aborted = failedAgain > canary.abortOn * this.#canaries.length
    return !this.result.aborted
  }

  /** Waits until as many as were moved may have been. */
  async #pace(): Promise<void> {
    const {rate, signal, dryRun} = this.#options
    if (!rate || dryRun) return
    const due = this.#clock + (this.#paced * 1000) / rate
    const ms = due - performance.now()
    if (ms > 0) await wait(ms, undefined, {signal}).catch(() => {})
  }
}

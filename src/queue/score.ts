import {usageError} from '../errors.ts'

/** A score is `priority × PRIORITY_STEP + ms since 1970`. */
export const PRIORITY_STEP = 1e13

/** The highest priority whose scores are still exact in a float64 (2^53). Lower numbers leave first. */
export const MAX_PRIORITY = 900

/** @throws QtoolError (usage) */
export function assertPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY) return priority
  throw usageError(`expected --priority to be a whole number from 0 to ${MAX_PRIORITY}, got ${priority}`)
}

/** What a score says; scores below PRIORITY_STEP / 10 come from other producers and are plain priorities. */
export function readScore(score: number): {priority: number; enqueuedAt: number | undefined} {
  if (score < PRIORITY_STEP / 10) return {priority: score, enqueuedAt: undefined}
  const priority = Math.floor(score / PRIORITY_STEP)
  return {priority, enqueuedAt: score - priority * PRIORITY_STEP}
}

/**
 * Hands out a rising score for each item, so that items of one producer leave in the order in which they came:
 * equal scores leave a sorted set in byte order, and one millisecond holds hundreds of items. The fraction of the
 * millisecond has as many decimals as a float64 still tells apart at this priority; a producer that is faster
 * runs a little ahead of the clock.
 */
export class ScoreClock {
  readonly #base: number
  readonly #now: () => number
  readonly #ticksPerMs: number
  readonly #decimals: number
  #ms = 0
  #tick = 0
  /** Digits of the whole milliseconds, and room for the fraction. */
  #text: Buffer = Buffer.alloc(0)

  /** @param now ms since 1970 by the clock of Redis */
  constructor(priority: number, now: () => number) {
    this.#base = assertPriority(priority) * PRIORITY_STEP
    this.#now = now
    this.#decimals = decimalsAt(this.#base)
    this.#ticksPerMs = 10 ** this.#decimals
  }

  /** Reads the clock; call once a chunk, the ticks in between are counted. */
  advance(): void {
    const ms = Math.floor(this.#now())
    if (ms > this.#ms) this.#start(ms)
  }

  /** Bytes that the next score takes. */
  get length(): number {
    if (this.#tick === this.#ticksPerMs) this.#start(this.#ms + 1)
    return this.#text.length
  }

  /** Writes the next score as text; returns the offset behind it. */
  write(target: Buffer, at: number): number {
    if (this.#tick === this.#ticksPerMs) this.#start(this.#ms + 1)
    const text = this.#text
    let rest = this.#tick++
    for (let i = 1; i <= this.#decimals; i++) {
      text[text.length - i] = 0x30 + (rest % 10)
      rest = (rest - (rest % 10)) / 10
    }
    for (let i = 0; i < text.length; i++) target[at + i] = text[i]
    return at + text.length
  }

  #start(ms: number): void {
    this.#ms = ms
    this.#tick = 0
    this.#text = Buffer.from(
      this.#decimals === 0 ? String(this.#base + ms) : `${this.#base + ms}.${'0'.repeat(this.#decimals)}`,
    )
  }
}

/** Decimals of a millisecond that stay distinct: the gap between neighbouring float64 is 2^(exponent - 52). */
function decimalsAt(base: number): number {
  const gap = 2 ** (Math.floor(Math.log2(base + 2e12)) - 52)
  return Math.max(0, Math.min(3, Math.floor(-Math.log10(gap))))
}

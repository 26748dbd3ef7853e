import {usageError} from '../../errors.ts'

/** A score is `priority × PRIORITY_STEP + ms since 1970`. */
export const PRIORITY_STEP = 1e13

/** The highest priority whose scores are still exact in a float64 (2^53). Lower numbers leave first. */
export const MAX_PRIORITY = 900

/** @throws QtoolError (usage) */
export function assertPriority(priority: number): number {
  if (Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY) return priority
  throw usageError(`--priority must be a whole number from 0 to ${MAX_PRIORITY}, got ${priority}`)
}

/** Most binary digits of a fraction of a millisecond in a score: what a float64 can hold at priority 0 today. */
const MOST_BITS = 12

/**
 * Hands out the score of each item, so that items of one producer leave in the order in which they came: items with
 * equal scores leave a sorted set in byte order, and hundreds of items come in one millisecond. A millisecond is
 * divided into as many binary fractions as a float64 can distinguish at this priority: 4,096 at 0, 64 at 10, one from
 * 451 up. Scores never run ahead of the clock: once a millisecond is used up, its further items share its last score.
 */
export class ScoreClock {
  readonly #base: number
  readonly #now: () => number
  #ms = Number.NEGATIVE_INFINITY
  #tick = 0
  #ticksPerMs = 1
  #decimals = 0
  /** Units of the last decimal in one tick. */
  #scale = 1
  /** Digits of the whole milliseconds, and room for the fraction. */
  #text: Buffer = Buffer.alloc(0)

  /** @param now ms since 1970 by the clock of Redis */
  constructor(priority: number, now: () => number) {
    this.#base = assertPriority(priority) * PRIORITY_STEP
    this.#now = now
  }

  /** Reads the clock; call it at the first item of a chunk. A clock that goes back is ignored. */
  advance(): void {
    const ms = Math.floor(this.#now())
    if (ms > this.#ms) this.#start(ms)
  }

  /** Length of the next score in bytes; read it before each `write`. */
  get length(): number {
    if (this.#tick === this.#ticksPerMs) this.advance()
    return this.#text.length
  }

  /** Writes the next score as text; returns the offset after it. */
  write(target: Buffer, at: number): number {
    const text = this.#text
    const isLast = this.#tick === this.#ticksPerMs
    const tick = isLast ? this.#tick - 1 : this.#tick++
    // With this many decimals the text is closer to this binary fraction than to any other
    let rest = (tick * this.#scale + 0.5) | 0
    for (let i = text.length - 1; i >= text.length - this.#decimals; i--) {
      const tenth = (rest / 10) | 0
      text[i] = 0x30 + rest - 10 * tenth
      rest = tenth
    }
    for (let i = 0; i < text.length; i++) target[at + i] = text[i]
    return at + text.length
  }

  #start(ms: number): void {
    const whole = this.#base + ms
    const bits = fractionBits(whole + 1)
    this.#ms = ms
    this.#tick = 0
    this.#ticksPerMs = 2 ** bits
    this.#decimals = Math.ceil(bits * Math.log10(2))
    this.#scale = 10 ** this.#decimals / this.#ticksPerMs
    this.#text = Buffer.from(bits === 0 ? String(whole) : `${whole}.${'0'.repeat(this.#decimals)}`)
  }
}

/** Binary digits after the point that a float64 holds of a number below `limit`: it holds 53 in all. */
function fractionBits(limit: number): number {
  return Math.max(0, Math.min(MOST_BITS, 52 - Math.floor(Math.log2(limit))))
}

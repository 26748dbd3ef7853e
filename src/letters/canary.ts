import {randomUUID} from 'node:crypto'
import {setTimeout as wait} from 'node:timers/promises'
import type {QueueEngine} from '../queue/engine.ts'
import {historyField} from '../queue/letters/history.ts'
import type {Letter} from '../queue/letters/letter.ts'

const LOOK_MS = 50

export interface CanaryOptions {
  /** Number of letters to replay first. */
  count: number
  /** Largest share of them that may fail again, 0 to 1. */
  abortOn: number
  timeoutMs: number
  /** If the replay outlives this process. */
  kept?: KeptCanary
}

/** A canary that another process may carry on. */
export interface KeptCanary {
  /** Id of its run. */
  run: string
  /** The marks of the items that were replayed already. */
  marks: string[]
  /** Null before it was judged. */
  result: CanaryResult | null
  /** Is told of the result before its marks are forgotten. */
  onResult(result: CanaryResult): Promise<void>
}

/** What became of a canary so far. */
export interface SeenCanary {
  items: number
  failedAgain: number
  /** Items that no worker has finished. */
  open: number
}

/** The outcome of a canary; items that are still open were not finished before the timeout. */
export interface CanaryResult extends SeenCanary {
  /** Whether the queue was paused at that time, so that no worker could take them. */
  paused: boolean
}

/**
 * The first letters of a replay, which are watched before the others follow. A worker records an item's outcome in the
 * same step in which it acknowledges the item, so that no outcome can be missed.
 */
export class Canary {
  /** The result; null until the canary has been judged. */
  result: CanaryResult | null = null
  readonly #queue: QueueEngine
  readonly #options: CanaryOptions
  readonly #id: string
  readonly #marks: string[]

  constructor(queue: QueueEngine, options: CanaryOptions) {
    this.#queue = queue
    this.#options = options
    const {run, marks, result} = options.kept ?? {run: randomUUID(), marks: [], result: null}
    this.#id = run
    this.#marks = [...marks]
    this.result = result
  }

  /** The run id under which the items of the canary are replayed; undefined once the canary has been judged. */
  get run(): string | undefined {
    return this.result ? undefined : this.#id
  }

  /** Letters still to be added to the canary; 0 once it has been judged. */
  get missing(): number {
    return this.result ? 0 : this.#options.count - this.#marks.length
  }

  /** Adds letters whose items are back in the queue. */
  add(letters: Letter[]): void {
    this.#marks.push(...letters.map((letter) => `${this.#id}:${historyField(letter.item)}`))
  }

  /** Waits for the outcome of the letters added so far; sets no result if it is interrupted. */
  async watch(signal: AbortSignal, onLook?: (seen: SeenCanary) => void): Promise<void> {
    if (this.result || this.#marks.length === 0) return
    const outcomes = await this.#outcomes(signal, onLook)
    if (!outcomes) return
    const {paused} = await this.#queue.pauseState()
    const seen = seenIn(outcomes)
    this.result = {...seen, paused: seen.open > 0 && paused}
    await this.#options.kept?.onResult(this.result)
    await this.#queue.letters.forgetOutcomes(this.#marks)
  }

  /** @returns the outcome of each item once all are known or time is up; undefined if interrupted */
  async #outcomes(
    signal: AbortSignal,
    onLook?: (seen: SeenCanary) => void,
  ): Promise<Array<string | null> | undefined> {
    const deadline = performance.now() + this.#options.timeoutMs
    for (;;) {
      const outcomes = await this.#queue.letters.outcomes(this.#marks)
      onLook?.(seenIn(outcomes))
      if (!outcomes.some(isOpen)) return outcomes
      if (signal.aborted) return undefined
      if (performance.now() > deadline) return outcomes
      await wait(LOOK_MS, undefined, {signal}).catch(() => {})
    }
  }

  /** Whether the canary passed, so that the other letters may be replayed. */
  get isWell(): boolean {
    const {result} = this
    return !result || (result.open === 0 && result.failedAgain <= this.#options.abortOn * result.items)
  }
}

function seenIn(outcomes: ReadonlyArray<string | null>): SeenCanary {
  const open = outcomes.filter(isOpen).length
  const failedAgain = outcomes.filter((outcome) => outcome === 'failed').length
  return {items: outcomes.length, failedAgain, open}
}

/** Whether no worker has recorded an outcome, or the record has expired. */
function isOpen(outcome: string | null): boolean {
  return outcome !== 'written' && outcome !== 'failed'
}

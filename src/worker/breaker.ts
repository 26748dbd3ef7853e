export type BreakerState = 'closed' | 'open' | 'half-open'

/** More than the retries of one lease, so that a single bad lease does not stop the others. */
const FAILURES = 5

const SHORTEST_MS = 250
const LONGEST_MS = 10_000

/** The circuit is open: the call was not made. */
class BrokenCircuitError extends Error {}

/**
 * A circuit breaker for one server: it opens after several failures in a row, lets one probe through after a pause,
 * and closes when that succeeds. It uses the monotonic clock: a wall clock set back by an hour would keep the circuit
 * open for that hour.
 */
export class Breaker {
  readonly #isAway: (error: unknown) => boolean
  readonly #onChange: (state: BreakerState, error?: unknown) => void
  #state: BreakerState = 'closed'
  #failures = 0
  #pauseMs = SHORTEST_MS
  #probeAt = 0
  /** Resolves when the probe under way ends; never rejects. */
  #probe: Promise<void> | undefined

  /**
   * @param isAway whether an error means that the server as a whole is unavailable
   * @param onChange called with every new state, and with the error that opened the circuit
   */
  constructor(isAway: (error: unknown) => boolean, onChange: (state: BreakerState, error?: unknown) => void) {
    this.#isAway = isAway
    this.#onChange = onChange
  }

  get state(): BreakerState {
    return this.#state
  }

  /** Call when the server seems to be back: the next call becomes a probe, even if the pause is not over. */
  hurry(): void {
    this.#probeAt = 0
  }

  /** Waits for a probe under way. @throws BrokenCircuitError if open, else the error of `work` */
  async run<T>(work: () => Promise<T>): Promise<T> {
    while (this.#probe) await this.#probe
    if (this.#state === 'closed') return this.#count(work)
    if (performance.now() < this.#probeAt) throw new BrokenCircuitError('the circuit is open')
    const probing = this.#tryOnce(work)
    const over = () => {
      this.#probe = undefined
    }
    this.#probe = probing.then(over, over)
    return probing
  }

  async #count<T>(work: () => Promise<T>): Promise<T> {
    try {
      const result = await work()
      this.#failures = 0
      return result
    } catch (error) {
      // A call that began before the circuit opened tells nothing new
      if (this.#state === 'closed' && this.#isAway(error) && ++this.#failures >= FAILURES) {
        this.#open(SHORTEST_MS, error)
      }
      throw error
    }
  }

  async #tryOnce<T>(work: () => Promise<T>): Promise<T> {
    this.#turn('half-open')
    try {
      const result = await work()
      this.#close()
      return result
    } catch (error) {
      // Any other error is an answer of the server, so it is reachable
      if (this.#isAway(error)) this.#open(this.#pauseMs * 3, error)
      else this.#close()
      throw error
    }
  }

  /** Decorrelated jitter: a random pause of up to `mostMs`, so that workers do not come back all at once. */
  #open(mostMs: number, error: unknown): void {
    this.#pauseMs = SHORTEST_MS + Math.random() * (Math.min(LONGEST_MS, mostMs) - SHORTEST_MS)
    this.#probeAt = performance.now() + this.#pauseMs
    this.#turn('open', error)
  }

  #close(): void {
    this.#failures = 0
    this.#turn('closed')
  }

  #turn(state: BreakerState, error?: unknown): void {
    this.#state = state
    this.#onChange(state, error)
  }
}

export function isBrokenCircuit(error: unknown): boolean {
  return error instanceof BrokenCircuitError
}

import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  handleWhen,
  type IBackoff,
} from 'cockatiel'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** More than the retries of one lease, so that a single bad lease does not stop the others. */
const FAILURES = 5

const DELAYS = new ExponentialBackoff({
  initialDelay: 250,
  maxDelay: 10_000,
  generator: decorrelatedJitterGenerator,
})

/**
 * A pause from now on. cockatiel compares the duration with what the clock on the wall says has passed, at every
 * call; a clock that was set back by an hour would keep the circuit open for that hour. So the duration is endless
 * until the time is up by the monotonic clock, and then no time at all.
 */
class Pause implements IBackoff<unknown> {
  readonly #delay: IBackoff<unknown>
  readonly #began = performance.now()

  constructor(delay: IBackoff<unknown>) {
    this.#delay = delay
  }

  get duration(): number {
    const isOver = performance.now() - this.#began >= this.#delay.duration
    return isOver ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }

  next(): Pause {
    return new Pause(this.#delay.next(undefined))
  }
}

/**
 * A circuit breaker around one server: opens after repeated failures in a row, lets one probe through when its time
 * has come, and closes when that succeeds.
 */
export class Breaker {
  readonly #policy

  /**
   * @param isAway which errors say that the server as a whole cannot work
   * @param onChange told of every change, with the error that opened it
   */
  constructor(isAway: (error: unknown) => boolean, onChange: (state: BreakerState, error?: unknown) => void) {
    this.#policy = circuitBreaker(handleWhen(isAway), {
      breaker: new ConsecutiveBreaker(FAILURES),
      halfOpenAfter: {next: () => new Pause(DELAYS.next())},
    })
    let last: unknown
    this.#policy.onFailure(({reason}) => {
      if ('error' in reason) last = reason.error
    })
    this.#policy.onBreak(() => onChange('open', last))
    this.#policy.onReset(() => onChange('closed'))
    this.#policy.onHalfOpen(() => onChange('half-open'))
  }

  get state(): BreakerState {
    const {state} = this.#policy
    if (state === CircuitState.Closed) return 'closed'
    return state === CircuitState.HalfOpen ? 'half-open' : 'open'
  }

  /** @throws BrokenCircuitError while open, without calling `work`; else what `work` throws */
  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#policy.execute(work)
  }
}

export function isBrokenCircuit(error: unknown): boolean {
  return error instanceof BrokenCircuitError
}

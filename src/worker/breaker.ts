import {
  BrokenCircuitError,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  handleWhen,
} from 'cockatiel'

export type BreakerState = 'closed' | 'open' | 'half-open'

/** More than the retries of one lease, so that a single bad lease does not stop the others. */
const FAILURES = 5

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
      halfOpenAfter: new ExponentialBackoff({
        initialDelay: 250,
        maxDelay: 10_000,
        generator: decorrelatedJitterGenerator,
      }),
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

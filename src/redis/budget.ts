import type {Settings} from '../config/settings.ts'
import {QtoolError} from '../errors.ts'

/** One connection of a budget. */
export interface Place {
  /** Gives the place back; a second call does nothing. */
  leave(): void
}

interface Waiter {
  enter(place: Place): void
  fail(error: QtoolError): void
}

/**
 * How many connections to Redis this process may have open at a time, whoever opens them. A place is taken before a
 * connection is opened and given back once it is closed; those who wait for one are served in the order they came.
 */
export class ConnectionBudget {
  /** Most connections at a time. */
  readonly max: number
  /** Name of the setting behind the limit, for messages. */
  readonly setting: string
  #taken = 0
  readonly #waiters = new Set<Waiter>()

  constructor(max: number, setting = 'REDIS_MAX_CONNECTIONS') {
    this.max = max
    this.setting = setting
  }

  get taken(): number {
    return this.#taken
  }

  get waiting(): number {
    return this.#waiters.size
  }

  /** @throws QtoolError `TOO_FEW_CONNECTIONS` if `count` connections at a time are more than it allows */
  require(count: number): void {
    if (count > this.max) throw tooFew(this, count)
  }

  /**
   * Returns a place, at once or within `waitMs`. Without `waitMs` a full budget means that the command needs more
   * connections than it may have: nobody would give one back.
   * @throws QtoolError `TOO_FEW_CONNECTIONS` without `waitMs`, `POOL_EXHAUSTED` after it
   */
  async take(waitMs = 0): Promise<Place> {
    if (this.#taken < this.max) return this.#enter()
    if (waitMs <= 0) throw tooFew(this, this.#taken + 1)
    return this.#wait(waitMs)
  }

  #enter(): Place {
    this.#taken++
    let isLeft = false
    return {
      leave: () => {
        if (isLeft) return
        isLeft = true
        this.#taken--
        const [next] = this.#waiters
        next?.enter(this.#enter())
      },
    }
  }

  #wait(waitMs: number): Promise<Place> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        enter: (place) => {
          settle()
          resolve(place)
        },
        fail: (error) => {
          settle()
          reject(error)
        },
      }
      const timer = setTimeout(() => waiter.fail(exhausted(this, waitMs)), waitMs)
      this.#waiters.add(waiter)
    })
  }
}

/** The budget that the settings of a command allow. */
export function connectionBudget({redisMaxConnections, profile}: Settings): ConnectionBudget {
  const {value, source} = redisMaxConnections
  return new ConnectionBudget(
    value,
    source === 'profile' ? `redisMaxConnections of profile "${profile?.name}"` : 'REDIS_MAX_CONNECTIONS',
  )
}

function tooFew({max, setting}: ConnectionBudget, count: number): QtoolError {
  return new QtoolError(
    `this needs ${count} connections to Redis at the same time, but ${setting} allows ${max}`,
    {
      code: 'TOO_FEW_CONNECTIONS',
      kind: 'usage',
      suggestions: [`set ${setting} to at least ${count}`],
    },
  )
}

function exhausted({max, setting}: ConnectionBudget, waitMs: number): QtoolError {
  return new QtoolError(`no connection to Redis came free within ${waitMs} ms; all ${max} are in use`, {
    code: 'POOL_EXHAUSTED',
    suggestions: [
      `raise ${setting}, which is ${max} here; the server's maxclients limits all its clients together`,
      'or reduce the number of workers',
    ],
  })
}

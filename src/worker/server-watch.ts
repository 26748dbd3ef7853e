import {DatabaseError} from 'pg'
import {messageOf} from '../errors.ts'
import {isTransient} from '../redis/failure.ts'
import type {BreakerState} from './breaker.ts'
import type {ServerEvent, Tell} from './events.ts'
import type {ServerName} from './observer.ts'

interface Outage {
  sinceMs: number
  probes: number
  /** What was told of it. */
  told: Set<ServerEvent['state']>
}

/** Tells of each state of an outage once, however long it lasts, and at its end how long that was. */
export class ServerWatch {
  readonly #tell: Tell
  readonly #outages = new Map<ServerName, Outage>()

  constructor(tell: Tell) {
    this.#tell = tell
  }

  changed(server: ServerName, state: BreakerState, error: unknown): void {
    if (state === 'closed') {
      this.#ended(server)
      return
    }
    const outage = this.#outages.get(server) ?? {sinceMs: performance.now(), probes: 0, told: new Set()}
    this.#outages.set(server, outage)
    if (state === 'half-open') outage.probes++
    const now = state === 'half-open' ? 'probing' : howAway(error)
    if (outage.told.has(now)) return
    outage.told.add(now)
    this.#tell({event: 'server', server, state: now, error: error === undefined ? null : messageOf(error)})
  }

  #ended(server: ServerName): void {
    const outage = this.#outages.get(server)
    if (!outage) return
    this.#outages.delete(server)
    const seconds = Math.round((performance.now() - outage.sinceMs) / 100) / 10
    this.#tell({event: 'server', server, state: 'back', error: null, seconds, probes: outage.probes})
  }
}

function howAway(error: unknown): 'down' | 'refusing' {
  return error instanceof DatabaseError || isTransient(error) ? 'refusing' : 'down'
}

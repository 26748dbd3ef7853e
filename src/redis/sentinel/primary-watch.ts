import type {Socket} from 'node:net'
import type {KnownPrimary} from './answers.ts'
import type {SentinelCircle} from './circle.ts'

/** How often the sentinels are asked whether the primary has moved, ms. */
const WATCH_MS = 1000

/**
 * Cuts connections to a primary once the sentinels name another one: a primary that hangs does not close them, and one
 * that comes back accepts writes until it is told that it is a replica. Asking again and again misses no failover, as a
 * subscription does while it is cut off.
 */
export class PrimaryWatch {
  readonly #circle: SentinelCircle
  readonly #streams = new Map<Socket, KnownPrimary>()
  #timer: NodeJS.Timeout | undefined
  #isAsking = false

  constructor(circle: SentinelCircle) {
    this.#circle = circle
  }

  /** Watches a connection until it is closed. @param at where it leads */
  add(stream: Socket, at: KnownPrimary): void {
    this.#circle.retain()
    this.#streams.set(stream, at)
    this.#timer ??= setInterval(() => this.#look(), WATCH_MS)
    stream.once('close', () => this.#remove(stream))
  }

  #remove(stream: Socket): void {
    this.#streams.delete(stream)
    this.#circle.release()
    if (this.#streams.size > 0) return
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  async #look(): Promise<void> {
    if (this.#isAsking) return
    this.#isAsking = true
    const now = await this.#circle.primary().catch(() => undefined)
    this.#isAsking = false
    for (const [stream, at] of this.#streams) if (now && hasMoved(at, now)) cut(stream, now)
  }
}

function hasMoved(at: KnownPrimary, now: KnownPrimary): boolean {
  return now.epoch > at.epoch && (now.host !== at.host || now.port !== at.port)
}

function cut(stream: Socket, {host, port}: KnownPrimary): void {
  stream.destroy(new Error(`the primary is now at ${host}:${port}`))
}

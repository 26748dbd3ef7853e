import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {setTimeout as wait} from 'node:timers/promises'

/**
 * What happens to the connection of a request: `cut` cuts it before the request is forwarded, `cut-after-reply` once
 * the server has answered (the answer is dropped), and `swallow-reply` leaves it open but drops all answers from then
 * on.
 */
export type FaultAction = 'cut' | 'cut-after-reply' | 'swallow-reply'

interface Trigger {
  pattern: Buffer
  action: FaultAction
  times: number
  done: () => void
}

/** A TCP proxy on 127.0.0.1 that breaks connections in the ways networks do. */
export interface FaultProxy {
  readonly port: number
  /** Connections that are open now. */
  readonly connections: number
  /** Resets all connections (RST both ways). */
  cut(): void
  /** Accepts bytes and drops them: both ways, or only those from the server. */
  blackhole(what: boolean | 'replies'): void
  /** Delays every chunk by `ms`, both ways. */
  delay(ms: number): void
  /** Forwards only `bytes` at a time; 0 ends that. */
  dribble(bytes: number): void
  /** Resets new connections at once; existing ones continue. */
  refuse(on: boolean): void
  /**
   * Acts on the next `times` requests that contain `pattern`, even across packets; resolves when the last one is hit.
   * If requests are pipelined, the reply that is cut or dropped may be that of an earlier one.
   */
  onRequest(pattern: string | Buffer, action: FaultAction, times?: number): Promise<void>
  /** Cancels the `onRequest` triggers that have not been hit yet. */
  forget(): void
  close(): Promise<void>
}

class Faults {
  blackhole: boolean | 'replies' = false
  delayMs = 0
  dribbleBytes = 0
  refuse = false
  triggers: Trigger[] = []

  /** The trigger that `bytes` sets off. */
  match(bytes: Buffer): Trigger | undefined {
    const hit = this.triggers.find(({pattern}) => bytes.includes(pattern))
    if (hit && --hit.times === 0) this.triggers = this.triggers.filter((one) => one !== hit)
    return hit
  }
}

/** One connection: the client's socket and the one to the server. */
class Link {
  readonly #faults: Faults
  readonly #client: Socket
  readonly #server: Socket
  #seen: Buffer = Buffer.alloc(0)
  /** Set by a request whose reply must not arrive. */
  #armed: Trigger | undefined

  /** @param onEnd told once both sockets are closed; in a black hole, one may outlive the other */
  constructor(faults: Faults, client: Socket, targetPort: number, onEnd: () => void) {
    this.#faults = faults
    this.#client = client
    this.#server = connect({port: targetPort, host: '127.0.0.1', allowHalfOpen: true, noDelay: true})
    for (const socket of [this.#client, this.#server]) {
      socket.on('error', () => {})
      socket.once('close', () => {
        this.#lost()
        if (this.#client.destroyed && this.#server.destroyed) onEnd()
      })
    }
    void this.#relay(this.#client, this.#server, (chunk) => this.#requested(chunk))
    void this.#relay(this.#server, this.#client, () => this.#replied())
  }

  get isOpen(): boolean {
    return !this.#client.destroyed
  }

  cut(): void {
    this.#client.resetAndDestroy()
    this.#server.resetAndDestroy()
  }

  /** One side is gone, so the other is closed, too, unless the network is to hide that. */
  #lost(): void {
    if (this.#faults.blackhole !== true) {
      this.#client.destroySoon()
      this.#server.destroySoon()
    }
  }

  async #relay(from: Socket, to: Socket, passes: (chunk: Buffer) => boolean): Promise<void> {
    try {
      for await (const chunk of from.iterator({destroyOnReturn: false})) {
        if (this.#faults.delayMs > 0) await wait(this.#faults.delayMs)
        if (passes(chunk)) await this.#forward(to, chunk)
      }
      if (this.#faults.blackhole === false) to.end()
    } catch {
      // A reset ends the loop; the socket's `close` event informs the other side
    }
  }

  async #forward(to: Socket, chunk: Buffer): Promise<void> {
    const size = this.#faults.dribbleBytes || chunk.length
    for (let at = 0; at < chunk.length; at += size) {
      if (to.destroyed) return
      const flushed = new Promise((resolve) => to.write(chunk.subarray(at, at + size), resolve))
      // Waiting for the callback preserves backpressure and keeps dribbled pieces apart
      await flushed
    }
  }

  #requested(chunk: Buffer): boolean {
    if (this.#faults.blackhole === true) return false
    const text = Buffer.concat([this.#seen, chunk])
    const hit = this.#faults.match(text)
    const longest = Math.max(1, ...this.#faults.triggers.map(({pattern}) => pattern.length))
    // Matched bytes are not matched again; without a match, the end may be the beginning of a pattern
    this.#seen = hit ? Buffer.alloc(0) : text.subarray(text.length - Math.min(longest - 1, text.length))
    if (hit?.action === 'cut') return this.#fire(hit)
    if (hit) this.#armed = hit
    return true
  }

  #replied(): boolean {
    if (this.#armed) return this.#fire(this.#armed)
    return this.#faults.blackhole === false
  }

  /** @returns false, so that the request that set it off is not forwarded */
  #fire(trigger: Trigger): false {
    if (trigger.action !== 'swallow-reply') this.cut()
    if (trigger.times <= 0) trigger.done()
    return false
  }
}

/** Starts a proxy on a free port. @param target port of 127.0.0.1, or what says it once somebody connects */
export async function startProxy(target: number | (() => number)): Promise<FaultProxy> {
  const targetPort = typeof target === 'number' ? () => target : target
  const faults = new Faults()
  const links = new Set<Link>()
  const server = createServer({allowHalfOpen: true, noDelay: true}, (client) => {
    if (faults.refuse) {
      client.on('error', () => {})
      client.resetAndDestroy()
      return
    }
    const link: Link = new Link(faults, client, targetPort(), () => links.delete(link))
    links.add(link)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => {
    for (const link of links) link.cut()
  }
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return [...links].filter((link) => link.isOpen).length
    },
    cut,
    blackhole(what) {
      faults.blackhole = what
    },
    delay(ms) {
      faults.delayMs = ms
    },
    dribble(bytes) {
      faults.dribbleBytes = bytes
    },
    refuse(on) {
      faults.refuse = on
    },
    onRequest: (pattern, action, times = 1) =>
      new Promise((done) => faults.triggers.push({pattern: Buffer.from(pattern), action, times, done})),
    forget() {
      faults.triggers = []
    },
    async close() {
      cut()
      server.close()
      await once(server, 'close')
    },
  }
}

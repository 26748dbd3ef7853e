import type {Socket} from 'node:net'

/** Something that leaves the line when it is due. */
interface Parcel {
  dueAt: number
  /** Bytes, or the news that the sender has ended or lost the connection. */
  load: Buffer | 'end' | 'lost'
}

/** Node's timers have a resolution of 1 ms: what is due within half of that is delivered now. */
const GRAIN_MS = 0.5

/**
 * One direction of a connection with a delay of `delayMs`: everything arrives that much later, in order, however much
 * is in flight. Bytes do not wait for each other: the line has latency but no bandwidth limit, so it delays a pipeline
 * and does not slow it down. A receiver that stops reading pauses the sender.
 */
export class DelayLine {
  readonly #from: Socket
  readonly #to: Socket
  readonly #delayMs: number
  #parcels: Parcel[] = []
  #timer: NodeJS.Timeout | undefined
  #isFull = false

  constructor(from: Socket, to: Socket, delayMs: number) {
    this.#from = from
    this.#to = to
    this.#delayMs = delayMs
    from.on('data', (bytes) => this.#put(bytes))
    from.on('end', () => this.#put('end'))
    from.on('error', () => {})
    from.on('close', (hadError) => {
      if (hadError) this.#put('lost')
    })
    to.on('drain', () => {
      this.#isFull = false
      from.resume()
      this.#deliver()
    })
    to.on('close', () => this.#stop())
  }

  #put(load: Parcel['load']): void {
    if (this.#to.destroyed) return
    this.#parcels.push({dueAt: performance.now() + this.#delayMs, load})
    if (!this.#timer && !this.#isFull) this.#wait()
  }

  #wait(): void {
    if (this.#parcels.length === 0) return
    const ms = Math.round(this.#parcels[0].dueAt - performance.now())
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#deliver()
    }, ms)
  }

  #deliver(): void {
    const now = performance.now() + GRAIN_MS
    let count = 0
    while (!this.#isFull && count < this.#parcels.length && this.#parcels[count].dueAt <= now) {
      this.#hand(this.#parcels[count++].load)
    }
    this.#parcels.splice(0, count)
    if (!this.#isFull) this.#wait()
  }

  #hand(load: Parcel['load']): void {
    if (load === 'end') this.#to.end()
    else if (load === 'lost') this.#to.resetAndDestroy()
    else if (!this.#to.write(load)) {
      this.#isFull = true
      this.#from.pause()
    }
  }

  /** The receiver is gone. The opposite line lets the sender know, after the bytes already on their way to it. */
  #stop(): void {
    clearTimeout(this.#timer)
    this.#parcels = []
    this.#from.resume()
  }
}

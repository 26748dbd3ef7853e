import type {Reading} from '../../src/monitor/reading.ts'
import {randomInt} from '../support/seeded.ts'
import {reading} from './readings.ts'

/** A queue of which the truth is known: items that come at random, and workers that settle whole leases. */
export class SimulatedQueue {
  backlog: number
  #seconds = 0
  #in = 0
  #out = 0
  readonly #of: {arrivals: number; workers: number; leaseSize: number; leaseSeconds: number}
  readonly #random: () => number
  readonly #nextEnds: number[]
  #nextArrival = 0

  /** @param of.arrivals items a second @param of.leaseSeconds mean time for a lease; exponentially distributed */
  constructor(
    seed: number,
    of: {backlog: number; arrivals: number; workers: number; leaseSize: number; leaseSeconds: number},
  ) {
    const next = randomInt(seed)
    this.#random = () => -Math.log((next(1e9) + 1) / 1e9)
    this.#of = of
    this.backlog = of.backlog
    this.#nextEnds = Array.from({length: of.workers}, () => this.#random() * of.leaseSeconds)
    this.#nextArrival = this.#random() / of.arrivals
  }

  /** Lets so many seconds pass, or less if the queue becomes empty. @returns seconds since the beginning */
  run(seconds: number): number {
    const until = this.#seconds + seconds
    while (this.backlog > 0) {
      const end = Math.min(...this.#nextEnds)
      const at = Math.min(end, this.#nextArrival)
      if (at > until) break
      this.#seconds = at
      if (at === end) this.#settle(this.#nextEnds.indexOf(end))
      else this.#arrive()
    }
    if (this.backlog > 0) this.#seconds = until
    return this.#seconds
  }

  read(): Reading {
    const totals = {enqueued: this.#in, inserted: this.#out}
    const {workers} = this.#of
    return reading({atMs: this.#seconds * 1000, backlog: this.backlog, workers, held: workers, totals})
  }

  #settle(worker: number): void {
    const {leaseSize, leaseSeconds} = this.#of
    const items = Math.min(leaseSize, this.backlog)
    this.backlog -= items
    this.#out += items
    this.#nextEnds[worker] = this.#seconds + this.#random() * leaseSeconds
  }

  #arrive(): void {
    this.backlog++
    this.#in++
    this.#nextArrival = this.#seconds + this.#random() / this.#of.arrivals
  }
}

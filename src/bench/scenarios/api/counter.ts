import {type EventLoopUtilization, performance} from 'node:perf_hooks'
import {LatencyHistogram, latencyOf} from '../../measure/histogram.ts'
import type {Volley} from './volley.ts'

/** Counts the answers of a step itself: the generator's own totals leave out what it lost. */
export class Counter {
  readonly #answered: Record<string, number> = {}
  readonly #latency = new LatencyHistogram()
  readonly #perSecond: number[] = []
  #sent = 0
  #broken = 0
  #good = 0
  #bad = 0
  #refused = 0
  #began: {at: number; cpu: NodeJS.CpuUsage; loop: EventLoopUtilization} | undefined
  #over: {seconds: number; cpuMs: number; busy: number} | undefined

  begin(): void {
    this.#began = {at: performance.now(), cpu: process.cpuUsage(), loop: performance.eventLoopUtilization()}
  }

  end(): void {
    if (!this.#began) return
    const {at, cpu, loop} = this.#began
    const {user, system} = process.cpuUsage(cpu)
    const seconds = (performance.now() - at) / 1000
    const busy = performance.eventLoopUtilization(loop).utilization
    this.#over = {seconds, cpuMs: (user + system) / 1000, busy}
  }

  sent(): void {
    this.#sent++
  }

  /** @param ms from sending to the last byte */
  answer(status: number, ms: number): void {
    this.#answered[status] = (this.#answered[status] ?? 0) + 1
    if (!this.#began || this.#over) return
    if (status < 200 || status > 299) {
      this.#bad++
      if (status === 503) this.#refused++
      return
    }
    this.#good++
    this.#latency.record(ms)
    const second = Math.floor((performance.now() - this.#began.at) / 1000)
    this.#perSecond[second] = (this.#perSecond[second] ?? 0) + 1
  }

  broke(): void {
    this.#broken++
    if (this.#began && !this.#over) this.#bad++
  }

  /** @param connections each of which has one request under way at the end */
  volley(connections: number): Volley {
    const {seconds, cpuMs, busy} = this.#over ?? {seconds: 0, cpuMs: 0, busy: 0}
    const answered = Object.values(this.#answered).reduce((all, count) => all + count, 0)
    return {
      answered: this.#answered,
      broken: this.#broken,
      lost: Math.max(0, this.#sent - answered - this.#broken - connections),
      good: this.#good,
      bad: this.#bad,
      refused: this.#refused,
      seconds,
      perSecond: Array.from({length: Math.floor(seconds)}, (_, i) => this.#perSecond[i] ?? 0),
      latency: latencyOf(this.#latency, new LatencyHistogram()),
      spectrum: this.#latency.spectrum(),
      cpuMs,
      busy,
    }
  }
}

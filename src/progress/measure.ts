import {RateWindow, timeLeft} from './rate-window.ts'
import type {Stage} from './stage.ts'

/** A stage with what can be told of its speed. */
export interface Measured extends Stage {
  /** Since it began. */
  elapsedMs: number
  /** What is done a second, over the last ten seconds; null before a second has passed. */
  perSecond: number | null
  /** null where it cannot be known. */
  leftMs: number | null
}

/** Measures how fast a command's work goes, stage by stage. */
export class Measure {
  #stage: Stage
  #startedMs: number
  #done = new RateWindow()
  #read = new RateWindow()

  /** @param nowMs by a steady clock, as for all calls */
  constructor(stage: Stage, nowMs: number) {
    this.#stage = stage
    this.#startedMs = nowMs
    this.#sample(nowMs)
  }

  get stage(): Stage {
    return this.#stage
  }

  report(now: Partial<Stage>, nowMs: number): void {
    const isNew = now.doing !== undefined && now.doing !== this.#stage.doing
    if (isNew) {
      this.#startedMs = nowMs
      this.#done = new RateWindow()
      this.#read = new RateWindow()
    }
    const {doing, did, continued} = this.#stage
    // What was done in the stages before stays done
    this.#stage = {...(isNew ? {doing, did, continued} : this.#stage), ...now}
    this.#sample(nowMs)
  }

  at(nowMs: number): Measured {
    const perSecond = this.#done.perSecond(nowMs)
    return {
      ...this.#stage,
      elapsedMs: nowMs - this.#startedMs,
      perSecond,
      leftMs: this.#leftMs(perSecond, nowMs),
    }
  }

  #leftMs(perSecond: number | null, nowMs: number): number | null {
    const {done = 0, total, waiting, bytes, lastsMs} = this.#stage
    if (lastsMs !== undefined) return Math.max(0, lastsMs - (nowMs - this.#startedMs))
    if (bytes) return timeLeft(Math.max(0, bytes.size - bytes.read), this.#read.perSecond(nowMs))
    if (waiting !== undefined) return timeLeft(waiting, perSecond)
    return total === undefined ? null : timeLeft(Math.max(0, total - done), perSecond)
  }

  #sample(nowMs: number): void {
    const {done, bytes} = this.#stage
    if (done !== undefined) this.#done.add(nowMs, done)
    if (bytes) this.#read.add(nowMs, bytes.read)
  }
}

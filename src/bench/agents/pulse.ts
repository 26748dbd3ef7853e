/** Interval at which an agent shows that it is alive, ms. */
export const BEAT_MS = 500

/** An agent that is silent for this long is dropped, ms. */
export const SILENT_MS = 5000

/** Between two looks as far apart as this, ms, it was this process or Redis that stood still, not an agent. */
const BLIND_MS = 1000

/** Notices which of several agents have fallen silent. */
export class Pulse {
  readonly #heard: Array<{beats: number; at: number}> = []
  #lookedAt: number | undefined

  /**
   * @param beats how often each agent has shown so far that it is alive
   * @param now as `performance.now()` gives it
   * @returns those that have not done so for too long, from 0
   */
  silent(beats: readonly number[], now: number): number[] {
    const wasBlind = this.#lookedAt === undefined || now - this.#lookedAt > BLIND_MS
    this.#lookedAt = now
    return beats.flatMap((beat, agent) => {
      const heard = this.#heard[agent]
      if (wasBlind || beat !== heard?.beats) this.#heard[agent] = {beats: beat, at: now}
      return now - this.#heard[agent].at > SILENT_MS ? agent : []
    })
  }
}

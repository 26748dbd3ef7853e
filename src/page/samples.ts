import type {Sample} from '../monitor/observation.ts'

/** Time that the charts show, ms. */
const SHOWN_MS = 600_000

/** What a queue was in the last ten minutes. */
export class Samples {
  #samples: Sample[] = []

  /** Oldest first. */
  get all(): readonly Sample[] {
    return this.#samples
  }

  /** Takes what the server has kept, in place of what came before. */
  begin(samples: Sample[]): void {
    this.#samples = samples
  }

  /** What is not newer than the last one is known: the history ends with what is sent next. */
  add(sample: Sample): void {
    const last = this.#samples.at(-1)
    if (last && last.atMs >= sample.atMs) return
    this.#samples.push(sample)
    const from = sample.atMs - SHOWN_MS
    while (this.#samples[0].atMs < from) this.#samples.shift()
  }
}

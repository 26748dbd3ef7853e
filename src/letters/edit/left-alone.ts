import type {Letter} from '../../queue/letters/letter.ts'

/** Records that an edit does not change, by the reason. */
export interface LeftAlone {
  /** The end of a sentence about such a record, e.g. `has no key amount`. */
  why: string
  records: number
  /** Id of the first letter with such a record. */
  example: string
}

/** Counts the records that an edit does not change. There are few reasons, since none holds a value. */
export class LeftAloneCounter {
  readonly #byReason = new Map<string, LeftAlone>()

  /** @param misfits one for each record */
  add(letter: Letter, misfits: readonly string[]): void {
    for (const why of misfits) {
      const known = this.#byReason.get(why) ?? {why, records: 0, example: letter.id}
      known.records++
      this.#byReason.set(why, known)
    }
  }

  /** The most frequent first. */
  get list(): LeftAlone[] {
    return [...this.#byReason.values()].sort((a, b) => b.records - a.records)
  }
}

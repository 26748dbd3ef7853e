import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import {SeenItems} from '../record/seen-items.ts'

/** Finds the letters that a replay would move: each item once, and none that is already ready. */
export class DryReplay {
  readonly #letters: DeadLetters
  readonly #seen = new SeenItems()

  constructor(letters: DeadLetters) {
    this.#letters = letters
  }

  /** Those of the letters that would be moved. */
  async select(letters: Letter[]): Promise<Letter[]> {
    const items = letters.map((letter) => letter.item)
    const ready = await this.#letters.areReady(items)
    return letters.filter((_, i) => this.#seen.add(items[i]) && !ready[i])
  }
}

import type {Letter} from '../letters/letter.ts'
import type {LetterPages} from '../letters/letter-scan.ts'

/** A scan of members that are known a moment later. */
export class LateScan implements LetterPages {
  readonly #open: () => Promise<LetterPages>
  #scan: LetterPages | undefined

  constructor(open: () => Promise<LetterPages>) {
    this.#open = open
  }

  get read(): number {
    return this.#scan?.read ?? 0
  }

  get later(): number {
    return this.#scan?.later ?? 0
  }

  removed(letters: Letter[]): void {
    this.#scan?.removed(letters)
  }

  async *pages(): AsyncGenerator<Letter[]> {
    this.#scan = await this.#open()
    yield* this.#scan.pages()
  }
}

import type {Letter} from '../letters/letter.ts'
import type {LetterPages} from '../letters/letter-scan.ts'

/** The part of a scan that has been read and not given away yet. */
interface Lane {
  scan: LetterPages
  pages: AsyncGenerator<Letter[]>
  /** Oldest first. */
  letters: Letter[]
  isOver: boolean
}

/** Remembers where letters are. */
export type Whereabouts = WeakMap<Letter, number>

/**
 * Reads the dead letters of several shards as one, oldest first. A page ends where that of one shard ends: what a caller
 * removes is then reported to the scan of that shard before it reads on, as it demands.
 */
export class MergedScan implements LetterPages {
  readonly #lanes: Lane[]
  readonly #where: Whereabouts
  readonly #limit: number
  #found = 0

  /** @param scans by member; without a limit of their own */
  constructor(scans: LetterPages[], where: Whereabouts, limit = Number.POSITIVE_INFINITY) {
    this.#lanes = scans.map((scan) => ({scan, pages: scan.pages(), letters: [], isOver: false}))
    this.#where = where
    this.#limit = limit
  }

  get read(): number {
    return this.#lanes.reduce((all, {scan}) => all + scan.read, 0)
  }

  get later(): number {
    return this.#lanes.reduce((all, {scan}) => all + scan.later, 0)
  }

  removed(letters: Letter[]): void {
    for (const [at, {scan}] of this.#lanes.entries()) {
      scan.removed(letters.filter((letter) => this.#where.get(letter) === at))
    }
  }

  async *pages(): AsyncGenerator<Letter[]> {
    while (this.#found < this.#limit) {
      await Promise.all(this.#lanes.map((lane, at) => this.#fill(lane, at)))
      if (this.#lanes.some(({letters, isOver}) => letters.length === 0 && !isOver)) {
        // Whoever reads is told how far it is, however little is selected
        yield []
        continue
      }
      const page = this.#merge()
      if (page.length === 0) return
      this.#found += page.length
      yield page
    }
  }

  async #fill(lane: Lane, at: number): Promise<void> {
    if (lane.letters.length > 0 || lane.isOver) return
    const {value, done} = await lane.pages.next()
    if (done) lane.isOver = true
    else lane.letters = value
    for (const letter of lane.letters) this.#where.set(letter, at)
  }

  /** The oldest letters, until one shard has no more of its page, or the limit is reached. */
  #merge(): Letter[] {
    const lanes = this.#lanes.filter(({letters}) => letters.length > 0)
    const heads = lanes.map(() => 0)
    const page: Letter[] = []
    while (lanes.length > 0 && page.length < this.#limit - this.#found) {
      let first = 0
      for (let i = 1; i < lanes.length; i++) {
        if (lanes[i].letters[heads[i]].score < lanes[first].letters[heads[first]].score) first = i
      }
      page.push(lanes[first].letters[heads[first]++])
      if (heads[first] === lanes[first].letters.length) break
    }
    for (const [i, lane] of lanes.entries()) lane.letters = lane.letters.slice(heads[i])
    return page
  }
}

import type {Places} from '../lease.ts'

/** Scores of a lease's items, kept as the text that Redis sent: hardly any lease needs one of them. */
export class ScorePlaces implements Places {
  readonly #text: Buffer
  #scores: string[] | undefined

  /** @param text scores with commas between them */
  constructor(text: Buffer) {
    this.#text = text
  }

  at(index: number): number {
    this.#scores ??= this.#text.toString('latin1').split(',')
    return finite(this.#scores[index])
  }
}

/** Redis takes `inf` as a score; JSON and Lua can keep no such number. */
function finite(score: string | undefined): number {
  const value = Number(score ?? 0)
  if (Number.isFinite(value)) return value
  return score?.startsWith('-') ? Number.MIN_SAFE_INTEGER : Number.MAX_SAFE_INTEGER
}

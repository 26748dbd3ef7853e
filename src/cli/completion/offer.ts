/** One way in which the word at the cursor may go on. */
export interface Offer {
  /** Takes the place of everything from `from` to the cursor. */
  text: string
  /** Offset in the word. */
  from: number
  /** One line about it. */
  summary?: string
  /** Whether more of the same word has to follow. */
  isPart?: boolean
}

/** What a shell is told: words, or that files may stand at the cursor, which it completes by itself. */
export type Offers = Offer[] | 'files'

/** Offers of plain words, of which those are kept that begin with what is typed. */
export function offerWords(
  word: string,
  from: number,
  texts: ReadonlyArray<string | {text: string; summary?: string; isPart?: boolean}>,
): Offer[] {
  const typed = word.slice(from)
  return texts
    .map((one) => (typeof one === 'string' ? {text: one} : one))
    .filter(({text}) => text.startsWith(typed))
    .map((one) => ({...one, from}))
}

/**
 * Leaves out offers that change what is typed, such as one that puts it in quotes: beside others, a shell would put
 * what all of them begin with in place of it. The only one is kept.
 */
export function extending(word: string, offers: Offer[]): Offer[] {
  const kept = offers.filter(({text, from}) => text.startsWith(word.slice(from)))
  return kept.length > 0 || offers.length > 1 ? kept : offers
}

import type {Offer} from './offer.ts'
import type {Quote, ShellWord} from './shell-words.ts'

/**
 * What bash is to put in place of the text that readline replaces, in quotes or with backslashes as far as the word
 * needs them: bash inserts it as it is.
 * @param breaks the characters of COMP_WORDBREAKS
 */
export function bashReplies(word: ShellWord, offers: readonly Offer[], breaks: string): string[] {
  const replaced = replacedFrom(word, breaks)
  const kept = word.raw.slice(0, replaced)
  const spelled = offers.flatMap((offer) => spell(word, offer) ?? [])
  const replies = spelled.filter((one) => one.startsWith(kept)).map((one) => one.slice(replaced))
  // Behind the only reply, bash would close the quotes
  const [only] = offers.length === 1 && offers[0].isPart && word.quote !== '' ? replies : []
  return only === undefined ? replies : [only, `${only}…`]
}

/** The whole word with an offer in it; undefined where the quotes that are open allow no such character. */
function spell(word: ShellWord, {text, from}: Offer): string | undefined {
  const place = word.places[from] ?? {at: word.raw.length, quote: word.quote}
  // In double quotes, bash would look into its history, and no backslash prevents that
  if (place.quote === '"' && text.includes('!')) return undefined
  return word.raw.slice(0, place.at) + quoted(text, place.quote)
}

function quoted(text: string, quote: Quote): string {
  if (quote === "'") return text.replaceAll("'", String.raw`'\''`)
  if (quote === '"') return text.replace(/["\\$`]/g, String.raw`\$&`)
  // A tilde is expanded only where a path may begin
  return text.replace(/[^\w@%+=:,./…~-]|(?<=^|[:=])~/g, String.raw`\$&`)
}

/** Where the text begins that readline replaces: behind the quotes that are open, else behind the last break. */
function replacedFrom({raw, places, quote, opened}: ShellWord, breaks: string): number {
  if (quote !== '') return opened
  const last = places.findLast(({at, quote: around}) => around === '' && breaks.includes(raw[at]))
  return last === undefined ? 0 : last.at + 1
}

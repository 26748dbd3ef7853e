import {escapeLine} from '../../render/escape.ts'
import {readLine} from './at-cursor.ts'
import {bashReplies} from './in-bash.ts'
import {readManifest} from './manifest.ts'
import {extending, type Offer, type Offers} from './offer.ts'
import {type Ask, offersAt} from './offers.ts'
import {shellWords, unquoted} from './shell-words.ts'

/**
 * What the completion script of a shell asks for: `bash LINE BREAKS`, or `zsh|fish CURRENT WORDS...`. The first line of
 * the answer is `files` if files may stand at the cursor, `part` if no blank may follow, else `words`. Each other line is
 * an offer: for bash as it is to be inserted, else `WORD<tab>SUMMARY`.
 * @returns an empty text if there is nothing to offer, or if anything fails: nobody wants an error while typing
 */
export async function answer([shell, ...asked]: readonly string[]): Promise<string> {
  try {
    return shell === 'bash' ? await answerBash(asked) : await answerWords(asked)
  } catch {
    return ''
  }
}

async function answerBash([line = '', breaks = '']: readonly string[]): Promise<string> {
  const words = shellWords(line)
  const [current] = words.slice(-1)
  const [, ...before] = words.slice(0, -1).map(({text}) => text)
  const offers = await find(before, current.text)
  return offers === 'files' ? 'files\n' : answerText(offers, bashReplies(current, offers, breaks))
}

async function answerWords([current = '', , ...words]: readonly string[]): Promise<string> {
  const word = unquoted(current)
  const offers = await find(words.map(unquoted), word)
  if (offers === 'files') return 'files\n'
  const lines = offers.map(({text, from, summary}) => `${word.slice(0, from)}${text}\t${summary ?? ''}`)
  return answerText(offers, lines)
}

/** @param words those between the program and the cursor */
async function find(words: string[], word: string): Promise<Offers> {
  const commands = readManifest()
  const line = readLine(words[0] === 'help' ? words.slice(1) : words, word, commands)
  const ask: Ask = async (source, from) => {
    const {askOutside} = await import('./from-outside.ts')
    return askOutside(source, word, from, line)
  }
  const offers = await offersAt(line, word, {commands, ask})
  return offers === 'files' ? offers : extending(word, offers.flatMap(harmless))
}

/** Other programs may have put anything into Redis, also what would move the cursor. */
function harmless(offer: Offer): Offer[] {
  if (escapeLine(offer.text) !== offer.text) return []
  return [{...offer, summary: offer.summary === undefined ? undefined : escapeLine(offer.summary)}]
}

function answerText(offers: readonly Offer[], lines: readonly string[]): string {
  if (lines.length === 0) return ''
  const kind = offers.every(({isPart}) => isPart) ? 'part' : 'words'
  return [kind, ...lines, ''].join('\n')
}

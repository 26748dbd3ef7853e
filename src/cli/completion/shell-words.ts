/** The quotes that stand open somewhere in a shell's line; empty for none. */
export type Quote = '' | "'" | '"'

/** A word of a shell's line. */
export interface ShellWord {
  /** Offset in the line. */
  start: number
  /** As typed. */
  raw: string
  /** What the shell makes of it; variables and command substitutions stay as they are typed. */
  text: string
  /** Where each character of `text` stands in `raw`, and the quotes around it. */
  places: Array<{at: number; quote: Quote}>
  /** The quotes that are open at its end. */
  quote: Quote
  /** Where in `raw` the text begins that is in those quotes. */
  opened: number
}

/** The words of a line that ends at the cursor. The last one is the word at the cursor, which may be empty. */
export function shellWords(line: string): ShellWord[] {
  const words = [emptyWord(0)]
  for (let at = 0; at < line.length; at++) {
    const word = words[words.length - 1]
    if (word.quote === '' && /\s/.test(line[at])) {
      if (at === word.start) word.start++
      else words.push(emptyWord(at + 1))
    } else {
      at = readCharacter(line, at, word)
      word.raw = line.slice(word.start, at + 1)
    }
  }
  return words
}

/** What a shell makes of one word, whose quotes may be open. */
export function unquoted(raw: string): string {
  const word = emptyWord(0)
  for (let at = 0; at < raw.length; at++) at = readCharacter(raw, at, word)
  return word.text
}

function emptyWord(start: number): ShellWord {
  return {start, raw: '', text: '', places: [], quote: '', opened: 0}
}

/** @returns the offset of the last character that was read */
function readCharacter(line: string, at: number, word: ShellWord): number {
  const character = line[at]
  if (character === word.quote) word.quote = ''
  else if (word.quote === '' && (character === "'" || character === '"')) {
    word.quote = character
    word.opened = at - word.start + 1
  } else {
    const isEscape = character === '\\' && escapes(line[at + 1], word.quote)
    word.text += isEscape ? (line[at + 1] ?? '') : character
    word.places.push({at: at - word.start, quote: word.quote})
    return isEscape ? at + 1 : at
  }
  return at
}

/** Whether a backslash before this character is not a character itself. */
function escapes(next: string | undefined, quote: Quote): boolean {
  if (quote === '"') return next !== undefined && '"\\$`'.includes(next)
  return quote === ''
}

/** Names of keys that are no character; every other key is the character itself. */
const NAMED: Record<string, string> = {
  '\r': 'enter',
  '\n': 'enter',
  '\t': 'tab',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'ctrl-c',
  '\x0c': 'ctrl-l',
  '\x1a': 'ctrl-z',
  '\x1b': 'escape',
}

/** What terminals send after ESC [ or ESC O. */
const SEQUENCES: Record<string, string> = {
  A: 'up',
  B: 'down',
  H: 'home',
  F: 'end',
  '1~': 'home',
  '7~': 'home',
  '4~': 'end',
  '8~': 'end',
  '5~': 'page-up',
  '6~': 'page-down',
}

const SEQUENCE = /^\x1b(?:\[([0-?]*[ -/]*[@-~])|O([@-~]))/
const PASTE = /^\x1b\[200~.*?\x1b\[201~/s
const UNFINISHED = /^\x1b(?:\[200~.*|\[[0-?]*[ -/]*|O)?$/s

/**
 * The keys in what a terminal has sent, and the beginning of a sequence that has not come whole. What is pasted is left
 * out: its letters would be commands. Keys that have no meaning here are left out as well.
 */
export function readKeys(text: string): {keys: string[]; rest: string} {
  const keys: string[] = []
  for (let left = text; left !== ''; ) {
    const paste = PASTE.exec(left)
    const sequence = SEQUENCE.exec(left)
    if (paste) left = left.slice(paste[0].length)
    else if (UNFINISHED.test(left)) return {keys, rest: left}
    else if (sequence) {
      keys.push(SEQUENCES[sequence[1] ?? sequence[2]] ?? '')
      left = left.slice(sequence[0].length)
    } else {
      const [character] = left
      keys.push(NAMED[character] ?? (character < ' ' ? '' : character))
      left = left.slice(character.length)
    }
  }
  return {keys: keys.filter((key) => key !== ''), rest: ''}
}

/** A sequence that comes in pieces is whole after this time, ms; an ESC that is alone then is the key. */
const WHOLE_MS = 50

/** Tells keys as they are pressed. */
export class KeyReader {
  readonly #onKey: (key: string) => void
  #rest = ''
  #timer: NodeJS.Timeout | undefined

  constructor(onKey: (key: string) => void) {
    this.#onKey = onKey
  }

  /** @param text what the terminal has sent, in whole characters */
  read(text: string): void {
    clearTimeout(this.#timer)
    const {keys, rest} = readKeys(this.#rest + text)
    this.#rest = rest
    if (rest !== '' && !rest.startsWith('\x1b[200~')) this.#timer = setTimeout(() => this.#giveUp(), WHOLE_MS)
    for (const key of keys) this.#onKey(key)
  }

  stop(): void {
    clearTimeout(this.#timer)
  }

  #giveUp(): void {
    const isEscape = this.#rest === '\x1b'
    this.#rest = ''
    if (isEscape) this.#onKey('escape')
  }
}

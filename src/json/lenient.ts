/** The words that Python's json.dumps writes for numbers that JSON does not have. */
const WORDS = ['NaN', 'Infinity', '-Infinity'].map((word) => Buffer.from(word))
const NULL = Buffer.from('null')
const QUOTE = 0x22
const BACKSLASH = 0x5c
const NEWLINE = 0x0a
const CR = 0x0d

/** Replaces NaN, Infinity and -Infinity outside of strings by `null`, in JSON that arrives in pieces. */
export class LenientNumbers {
  #inString = false
  #escaped = false
  /** The end of the last piece if it may be the beginning of a word; everything else is passed on at once. */
  #held: Buffer = Buffer.alloc(0)

  push(piece: Buffer): Buffer {
    return this.#replace(Buffer.concat([this.#held, piece]), false)
  }

  end(): Buffer {
    return this.#replace(this.#held, true)
  }

  #replace(bytes: Buffer, isLast: boolean): Buffer {
    const parts: Buffer[] = []
    let from = 0
    let at = 0
    while (at < bytes.length) {
      if (!this.#inString && mayBegin(bytes[at])) {
        const word = wordAt(bytes, at)
        if (word) {
          parts.push(bytes.subarray(from, at), NULL)
          at += word.length
          from = at
          continue
        }
        if (!isLast && mayGoOn(bytes, at)) break
      }
      this.#step(bytes[at++])
    }
    parts.push(bytes.subarray(from, at))
    this.#held = bytes.subarray(at)
    return parts.length === 1 ? parts[0] : Buffer.concat(parts)
  }

  /** A JSON string cannot contain a line break, so an invalid line does not affect the next one. */
  #step(byte: number): void {
    if (byte === NEWLINE || byte === CR) this.#inString = this.#escaped = false
    else if (this.#escaped) this.#escaped = false
    else if (this.#inString && byte === BACKSLASH) this.#escaped = true
    else if (byte === QUOTE) this.#inString = !this.#inString
  }
}

/** Does the same for a complete text. */
export function nullForNaN(bytes: Buffer): Buffer {
  const numbers = new LenientNumbers()
  return Buffer.concat([numbers.push(bytes), numbers.end()])
}

/** The word that starts at `at`, if any. */
export function wordAt(bytes: Uint8Array, at: number): Buffer | undefined {
  return mayBegin(bytes[at])
    ? WORDS.find((word) => word.equals(bytes.subarray(at, at + word.length)))
    : undefined
}

/** Whether the bytes from `at` on are the beginning of a word. */
function mayGoOn(bytes: Buffer, at: number): boolean {
  const rest = bytes.subarray(at)
  return WORDS.some((word) => rest.length < word.length && rest.equals(word.subarray(0, rest.length)))
}

function mayBegin(byte: number): boolean {
  return byte === 0x4e || byte === 0x49 || byte === 0x2d
}

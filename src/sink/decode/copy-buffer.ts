import {Kind} from '../../json/kind.ts'

const TAB = 0x09
const NEWLINE = 0x0a
const BACKSLASH = 0x5c

/**
 * Rows in the text format of COPY, in a buffer that grows as needed. A backslash is always doubled, so that `\.` and
 * `\N` in a value stay what they are (a bare `\.` would end the data without an error).
 * Format: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format".
 */
export class CopyBuffer {
  bytes: Buffer
  length = 0
  #fields = 0

  constructor(size = 256 * 1024) {
    this.bytes = Buffer.allocUnsafeSlow(size)
  }

  clear(): void {
    this.length = 0
    this.#fields = 0
  }

  /** SQL NULL. */
  null(): void {
    this.#begin(2)
    this.bytes[this.length++] = BACKSLASH
    this.bytes[this.length++] = 0x4e
  }

  /** A JSON token, for a column that takes its content: strings lose their quotes and escapes. */
  token(source: Uint8Array, start: number, end: number, kind: number, escaped: number): void {
    if (kind === Kind.Null) this.null()
    else if (kind !== Kind.String) this.raw(source, start, end)
    else if (escaped === 0) this.raw(source, start + 1, end - 1)
    else {
      const token = Buffer.from(source.buffer, source.byteOffset + start, end - start)
      const text: string = JSON.parse(token.toString())
      const bytes = Buffer.from(text)
      this.json(bytes, 0, bytes.length)
    }
  }

  /** Bytes that must hold no backslash and no control character: scalars, and strings without escapes. */
  raw(source: Uint8Array, start: number, end: number): void {
    const size = end - start
    this.#begin(size)
    const target = this.bytes
    let at = this.length
    // A loop beats Buffer.copy for the short values that most columns hold (measured: the call costs ~50 ns)
    if (size < 64) for (let i = start; i < end; i++) target[at++] = source[i]
    else target.set(source.subarray(start, end), at)
    this.length += size
  }

  /** Any bytes, escaped; also the raw text of a json column. */
  json(source: Uint8Array, start: number, end: number): void {
    this.#begin(2 * (end - start))
    const target = this.bytes
    let at = this.length
    for (let i = start; i < end; i++) {
      const letter = ESCAPES[source[i]]
      if (letter !== 0) {
        target[at++] = BACKSLASH
        target[at++] = letter
      } else target[at++] = source[i]
    }
    this.length = at
  }

  /** Makes room for a row with values of `size` bytes at most that need no escapes. @returns the bytes, to be written from `length` on */
  room(size: number, columns: number): Buffer {
    // Each field ends with a tab or the newline, and may be NULL
    this.#need(size + 3 * columns)
    return this.bytes
  }

  endRow(): void {
    this.#need(1)
    this.bytes[this.length++] = NEWLINE
    this.#fields = 0
  }

  /** Drops the current row. */
  cutTo(length: number): void {
    this.length = length
    this.#fields = 0
  }

  #begin(size: number): void {
    this.#need(size + 1)
    if (this.#fields++ > 0) this.bytes[this.length++] = TAB
  }

  #need(size: number): void {
    if (this.length + size <= this.bytes.length) return
    const wider = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + size))
    this.bytes.copy(wider, 0, 0, this.length)
    this.bytes = wider
  }
}

/** Byte → letter that represents it after a backslash, or 0 if it needs no escape. */
const ESCAPES = new Uint8Array(256)
ESCAPES[BACKSLASH] = BACKSLASH
ESCAPES[TAB] = 0x74
ESCAPES[NEWLINE] = 0x6e
ESCAPES[0x0d] = 0x72

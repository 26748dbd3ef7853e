import {SpanBatcher} from './batcher.ts'
import {type Batch, type Chunks, SHOWN_BYTES, type Source} from './source.ts'

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])

/** A byte order mark, whose bytes cannot begin anything else. */
const BOM = Buffer.from([0xef, 0xbb, 0xbf])

/** The bytes that matter inside a string, and outside of one; the splitter skips all others. */
const IN_STRING = marked('"\\')
const OUTSIDE = marked('"{}[],\r\n')

function marked(characters: string): Uint8Array {
  const table = new Uint8Array(256)
  for (const byte of Buffer.from(characters)) table[byte] = 1
  return table
}

/**
 * Reads the elements of one JSON array, or JSON objects one after another with any white space between them (a
 * pretty-printed object is one item). Elements are split without being parsed, then checked like lines; a reject's
 * line is the number of the element.
 */
export async function* readJsonStream(
  name: string,
  chunks: Chunks,
  maxBytes: number,
  outerDepth = 0,
): Source {
  const splitter = new Splitter(name, maxBytes, outerDepth)
  for await (const chunk of chunks) {
    splitter.take(chunk)
    while (splitter.split()) yield splitter.batch()
  }
  if (splitter.finish()) yield splitter.batch()
}

class Splitter {
  readonly #spans: SpanBatcher
  readonly #maxBytes: number
  #bytes: Buffer = Buffer.alloc(0)
  /** Next byte of `#bytes` to look at. */
  #at = 0
  /** Start of the element under way in `#bytes`, or -1. */
  #start = -1
  /** Bytes of an overlong element that were dropped. */
  #dropped = 0
  #depth = 0
  #inString = false
  #isArray: boolean | undefined
  #ended = false
  #element = 0

  constructor(name: string, maxBytes: number, outerDepth: number) {
    this.#spans = new SpanBatcher(name, maxBytes, outerDepth)
    this.#maxBytes = maxBytes
  }

  take(chunk: Buffer): void {
    this.#keep()
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk])
    this.#spans.open(this.#bytes, this.#bytes.length)
  }

  /** Splits what has come into the next batch; false if nothing is left to split. */
  split(): boolean {
    const bytes = this.#bytes
    const {length} = bytes
    let p = this.#at
    while (p < length && !this.#spans.isFull) {
      if (this.#inString) while (p < length && IN_STRING[bytes[p]] === 0) p++
      else if (this.#start >= 0) while (p < length && OUTSIDE[bytes[p]] === 0) p++
      if (p < length) p = this.#step(bytes, p)
    }
    this.#at = p
    return !this.#spans.isEmpty
  }

  /** Splits what is left at the end; false if nothing is left. */
  finish(): boolean {
    this.#keep()
    const bytes = this.#bytes
    this.#spans.open(bytes, bytes.length)
    const open = this.#start >= 0 && bytes.length > this.#start
    if (open) this.#end(bytes, bytes.length)
    if (this.#isArray && !this.#ended) {
      const message = 'the array is cut off: "]" is missing'
      this.#spans.reject({line: this.#element + 1, code: 'JSON', message, bytes: Buffer.alloc(0)})
      return true
    }
    return open
  }

  /** Returns the batch and starts a new one. */
  batch(): Batch {
    const batch = this.#spans.batch()
    this.#spans.next()
    return batch
  }

  /** Looks at one byte; returns the offset of the next. */
  #step(bytes: Buffer, p: number): number {
    const c = bytes[p]
    if (this.#inString) {
      // The byte after a backslash may lie in the next chunk: then the index just runs past the end.
      if (c === 0x5c) return p + 2
      if (c === 0x22) this.#inString = false
      return p + 1
    }
    if (this.#isArray === undefined) return this.#begin(bytes, p)
    const base = this.#isArray ? 1 : 0
    if (this.#start < 0) {
      if (SPACE.has(c)) return p + 1
      if (this.#isArray && c === 0x2c) return this.#missing(p)
      if (this.#isArray && c === 0x5d)
        return this.#element > 0 ? this.#close(this.#missing(p) - 1) : this.#close(p)
      this.#start = p
    }
    if (c === 0x22) this.#inString = true
    else if (c === 0x7b || c === 0x5b) this.#depth++
    else if (c === 0x7d || c === 0x5d) return this.#closing(bytes, p, base)
    else if (c === 0x2c && this.#depth === base && this.#isArray) this.#end(bytes, p)
    else if ((c === 0x0a || c === 0x0d) && this.#depth === 0) this.#end(bytes, p)
    return p + 1
  }

  /** The first byte decides whether the file is an array. */
  #begin(bytes: Buffer, p: number): number {
    const c = bytes[p]
    if (SPACE.has(c) || BOM.includes(c)) return p + 1
    this.#isArray = c === 0x5b
    this.#depth = this.#isArray ? 1 : 0
    return this.#isArray ? p + 1 : p
  }

  #closing(bytes: Buffer, p: number, base: number): number {
    if (this.#depth === base) {
      // One brace too many: the check of the element will report it. The array goes on.
      if (this.#isArray && bytes[p] === 0x7d) return p + 1
      this.#end(bytes, this.#isArray ? p : p + 1)
      return this.#isArray ? this.#close(p) : p + 1
    }
    this.#depth--
    if (this.#depth === 0) this.#end(bytes, p + 1)
    return p + 1
  }

  /** A comma or bracket in place of an element: an element ends at its comma, so this one is one too many. */
  #missing(p: number): number {
    this.#element++
    const message = 'not valid JSON (an element is missing)'
    this.#spans.reject({line: this.#element, code: 'JSON', message, bytes: Buffer.alloc(0)})
    return p + 1
  }

  #close(p: number): number {
    this.#ended = true
    this.#depth = 0
    // Whatever follows is read as separate elements, which their check refuses.
    this.#isArray = false
    return p + 1
  }

  #end(bytes: Buffer, end: number): void {
    const start = this.#start
    this.#start = -1
    if (start < 0) return
    let last = end
    while (last > start && SPACE.has(bytes[last - 1])) last--
    this.#element++
    if (this.#dropped === 0) this.#spans.add(start, last, this.#element)
    else {
      const message = `is ${this.#dropped + last - start} bytes, more than the limit of ${this.#maxBytes}`
      const shown = Buffer.from(bytes.subarray(start, Math.min(last, start + SHOWN_BYTES)))
      this.#spans.reject({line: this.#element, code: 'SIZE', message, bytes: shown})
      this.#dropped = 0
    }
  }

  /** Drops everything but the element under way; of an overlong one only the start is kept. */
  #keep(): void {
    const start = this.#start < 0 ? Math.min(this.#at, this.#bytes.length) : this.#start
    let kept = this.#bytes.subarray(start)
    this.#at -= start
    if (this.#start >= 0 && kept.length > this.#maxBytes) {
      const over = kept.length - SHOWN_BYTES
      this.#dropped += over
      kept = kept.subarray(0, SHOWN_BYTES)
      this.#at -= over
    }
    this.#bytes = Buffer.from(kept)
    if (this.#start >= 0) this.#start = 0
  }
}

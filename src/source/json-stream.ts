import {SpanBatcher} from './batcher.ts'
import {type Chunks, SHOWN_BYTES, type Source} from './source.ts'

const SPACE = new Set([0x20, 0x09, 0x0a, 0x0d])

/**
 * The elements of one JSON array, or JSON objects one after another with any white space between them (a
 * pretty-printed object is one item). Elements are split without being parsed, then checked like lines;
 * a reject's line is the number of the element.
 */
export async function* readJsonStream(name: string, chunks: Chunks, maxBytes: number): Source {
  const splitter = new Splitter(name, maxBytes)
  for await (const chunk of chunks) {
    splitter.take(chunk)
    yield splitter.batch()
  }
  if (splitter.finish()) yield splitter.batch()
}

class Splitter {
  readonly #spans: SpanBatcher
  readonly #maxBytes: number
  #carry: Buffer = Buffer.alloc(0)
  /** Next byte of `#carry` to look at. */
  #at = 0
  /** Start of the element under way in `#carry`, or -1. */
  #start = -1
  /** Bytes of an overlong element that were let go. */
  #dropped = 0
  #depth = 0
  #inString = false
  #isArray: boolean | undefined
  #ended = false
  #element = 0

  constructor(name: string, maxBytes: number) {
    this.#spans = new SpanBatcher(name, maxBytes)
    this.#maxBytes = maxBytes
  }

  take(chunk: Buffer): void {
    const bytes = this.#carry.length === 0 ? chunk : Buffer.concat([this.#carry, chunk])
    this.#spans.open(bytes, bytes.length)
    let p = this.#at
    while (p < bytes.length) p = this.#step(bytes, p)
    this.#keep(bytes, p)
  }

  /** What is left at the end; false where nothing is. */
  finish(): boolean {
    const bytes = this.#carry
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

  batch() {
    return this.#spans.batch()
  }

  /** Looks at one byte; returns the offset of the next. */
  #step(bytes: Buffer, p: number): number {
    const c = bytes[p]
    if (this.#inString) {
      // The byte behind a backslash may lie in the next chunk: then the index just runs past the end.
      if (c === 0x5c) return p + 2
      if (c === 0x22) this.#inString = false
      return p + 1
    }
    if (this.#isArray === undefined) return this.#begin(bytes, p)
    const base = this.#isArray ? 1 : 0
    if (this.#start < 0) {
      if (SPACE.has(c) || (this.#isArray && c === 0x2c && !this.#ended)) return p + 1
      if (this.#isArray && c === 0x5d && this.#depth === 1) return this.#close(p)
      this.#start = p
    }
    if (c === 0x22) this.#inString = true
    else if (c === 0x7b || c === 0x5b) this.#depth++
    else if (c === 0x7d || c === 0x5d) return this.#closing(bytes, p, base)
    else if (c === 0x2c && this.#depth === base && this.#isArray) this.#end(bytes, p)
    else if (c === 0x0a && this.#depth === 0) this.#end(bytes, p)
    return p + 1
  }

  /** The first byte says what the file is. */
  #begin(bytes: Buffer, p: number): number {
    const c = bytes[p]
    if (SPACE.has(c)) return p + 1
    if (c === 0xef && bytes[p + 1] === 0xbb && bytes[p + 2] === 0xbf) return p + 3
    this.#isArray = c === 0x5b
    this.#depth = this.#isArray ? 1 : 0
    return this.#isArray ? p + 1 : p
  }

  #closing(bytes: Buffer, p: number, base: number): number {
    if (this.#depth === base) {
      // A bracket too many: the element ends here and its check will say so.
      this.#end(bytes, this.#isArray ? p : p + 1)
      return this.#isArray ? this.#close(p) : p + 1
    }
    this.#depth--
    if (this.#depth === 0) this.#end(bytes, p + 1)
    return p + 1
  }

  #close(p: number): number {
    this.#ended = true
    this.#depth = 0
    // Whatever follows is read as elements of their own, which their check refuses.
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

  /** Keeps the element under way; of an overlong one only the start. */
  #keep(bytes: Buffer, p: number): void {
    const start = this.#start < 0 ? Math.min(p, bytes.length) : this.#start
    let kept = bytes.subarray(start)
    this.#at = p - start
    if (this.#start >= 0 && kept.length > this.#maxBytes) {
      const over = kept.length - SHOWN_BYTES
      this.#dropped += over
      kept = kept.subarray(0, SHOWN_BYTES)
      this.#at -= over
    }
    this.#carry = Buffer.from(kept)
    if (this.#start >= 0) this.#start = 0
  }
}

import {describeFault, MAX_DEPTH} from './fault.ts'
import {KIND_OF} from './kind.ts'
import {wordAt} from './lenient.ts'
import {KeyStack, RepeatedKey, wider} from './repeated-key.ts'
import {QUOTE, TokenReader} from './tokens.ts'

/**
 * A JSON reader on bytes. It never builds values: it checks the grammar of RFC 8259 and notes the positions of the
 * members of an object, so that an item's own text can be passed on without a round trip through JavaScript numbers
 * and strings (which would silently change 9007199254740993, 1e400 and invalid UTF-8).
 *
 * It also refuses nesting deeper than MAX_DEPTH and, unless told otherwise, what RFC 8259 allows but Postgres cannot
 * store (`\u0000`, lone surrogates). UTF-8 is not checked here: call `buffer.isUtf8` on the whole text first, which is many times faster.
 */

/**
 * Reads one text after another; the arrays are reused, so take what you need before the next call.
 * Member `i` of the last object has its key at `keyStart[i]..keyEnd[i]` (without quotes) and its value at
 * `valueStart[i]..valueEnd[i]` (the whole token, strings with their quotes).
 */
export class JsonScanner extends TokenReader {
  /** Members found by the last `object()`, repeated keys included. */
  count = 0
  keyStart = new Int32Array(64)
  keyEnd = new Int32Array(64)
  keyEscaped = new Uint8Array(64)
  valueStart = new Int32Array(64)
  valueEnd = new Int32Array(64)
  kind = new Uint8Array(64)
  /** 1 if the value is a string that holds a backslash. */
  valueEscaped = new Uint8Array(64)

  #unique = false
  /** Offset after the bracket that closed the last container; see `#next`. */
  #closed = 0
  #keyStart = 0
  #keyEnd = 0
  readonly #repeated = new RepeatedKey()
  /** Keys of the open nested objects; those of the object itself are in `keyStart` and `keyEnd`. */
  readonly #nested = new KeyStack()

  /** @param texts `any` for what is only around records, and is not written into Postgres itself */
  constructor(texts: 'storable' | 'any' = 'storable') {
    super()
    this.anyText = texts === 'any'
  }

  /** Describes the fault, with its position counted from `start`. */
  faultMessage(start: number): string {
    const key =
      this.fault === 'DUPKEY' ? this.bytes.subarray(this.faultAt, this.string(this.faultAt + 1)) : EMPTY
    const word = this.fault === 'JSON' ? wordAt(this.bytes, this.faultAt) : undefined
    return describeFault(this.fault, this.faultAt - start + 1, word ?? key)
  }

  /**
   * Points the scanner at `bytes[..end]`; needed before `object`, `value` and `space`.
   * @param keys `unique` makes a repeated key in an object, at any depth, a fault; a text that was checked once does
   *   not need it again
   */
  open(bytes: Uint8Array, end: number, keys: 'unique' | 'any' = 'any'): void {
    this.bytes = bytes
    this.end = end
    this.#unique = keys === 'unique'
    this.#nested.length = 0
  }

  /**
   * Reads the object that starts at `at` and notes its members.
   * @returns the offset after it, or -1 with `fault` set
   */
  object(at: number, depth = 1): number {
    this.count = 0
    const bytes = this.bytes
    const end = this.end
    if (bytes[at] !== 0x7b || at >= end) return this.fail('JSON', at)
    let p = this.space(at + 1)
    if (bytes[p] === 0x7d && p < end) return p + 1
    let escaped = 0
    for (;;) {
      const i = this.count
      if (i === this.kind.length) this.#grow()
      p = this.#key(p)
      if (p < 0) return -1
      this.keyEnd[i] = this.#keyEnd
      this.keyStart[i] = this.#keyStart
      this.keyEscaped[i] = this.escaped
      escaped |= this.escaped
      this.valueStart[i] = p
      this.escaped = 0
      this.kind[i] = KIND_OF[bytes[p]]
      p = this.value(p, depth)
      if (p < 0) return -1
      this.valueEnd[i] = p
      this.valueEscaped[i] = this.escaped
      this.count = i + 1
      p = this.#next(p, 0x7d)
      if (p < 0) return -1
      if (p === 0) return this.#objectEnd(escaped)
    }
  }

  #objectEnd(escaped: number): number {
    if (!this.#unique) return this.#closed
    const twice = this.#repeated.find(this.bytes, this.keyStart, this.keyEnd, 0, this.count, escaped)
    return twice < 0 ? this.#closed : this.fail('DUPKEY', this.keyStart[twice] - 1)
  }

  /**
   * Checks the value that starts at `at`, inside a container of level `depth`.
   * @returns the offset after it, or -1 with `fault` set
   */
  value(at: number, depth: number): number {
    if (at >= this.end) return this.fail('JSON', at)
    const c = this.bytes[at]
    if (c === QUOTE) return this.string(at + 1)
    if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return this.number(at)
    if (c === 0x7b) return this.#nestedObject(at, depth + 1)
    if (c === 0x5b) return this.#array(at, depth + 1)
    if (c === 0x74) return this.literal(at, 'true')
    if (c === 0x66) return this.literal(at, 'false')
    if (c === 0x6e) return this.literal(at, 'null')
    return this.fail('JSON', at)
  }

  /** Reads `"key" :` and returns the offset of its value, or -1. */
  #key(at: number): number {
    if (at >= this.end || this.bytes[at] !== QUOTE) return this.fail('JSON', at)
    this.escaped = 0
    const end = this.string(at + 1)
    if (end < 0) return -1
    this.#keyStart = at + 1
    this.#keyEnd = end - 1
    const colon = this.space(end)
    if (colon >= this.end || this.bytes[colon] !== 0x3a) return this.fail('JSON', colon)
    return this.space(colon + 1)
  }

  /**
   * Reads what follows a member or element. @returns the offset of the next one if a comma follows, 0 if `close` ends
   * the container (`#closed` is then the offset after it), or -1
   */
  #next(at: number, close: number): number {
    const p = this.space(at)
    if (p >= this.end) return this.fail('JSON', p)
    const c = this.bytes[p]
    if (c === 0x2c) return this.space(p + 1)
    if (c !== close) return this.fail('JSON', p)
    this.#closed = p + 1
    return 0
  }

  #array(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return this.fail('DEPTH', at)
    let p = this.space(at + 1)
    if (p < this.end && this.bytes[p] === 0x5d) return p + 1
    for (;;) {
      p = this.value(p, depth)
      if (p < 0) return -1
      p = this.#next(p, 0x5d)
      if (p <= 0) return p === 0 ? this.#closed : -1
    }
  }

  #nestedObject(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return this.fail('DEPTH', at)
    let p = this.space(at + 1)
    if (p < this.end && this.bytes[p] === 0x7d) return p + 1
    const keys = this.#nested
    const first = keys.length
    let escaped = 0
    for (;;) {
      p = this.#key(p)
      if (p < 0) return -1
      keys.push(this.#keyStart, this.#keyEnd)
      escaped |= this.escaped
      p = this.value(p, depth)
      if (p < 0) return -1
      p = this.#next(p, 0x7d)
      if (p < 0) return -1
      if (p === 0) return this.#nestedEnd(first, escaped)
    }
  }

  #nestedEnd(first: number, escaped: number): number {
    const {starts, ends, length} = this.#nested
    const twice = this.#unique ? this.#repeated.find(this.bytes, starts, ends, first, length, escaped) : -1
    this.#nested.length = first
    return twice < 0 ? this.#closed : this.fail('DUPKEY', starts[twice] - 1)
  }

  #grow(): void {
    const size = this.kind.length * 2
    this.keyStart = wider(new Int32Array(size), this.keyStart)
    this.keyEnd = wider(new Int32Array(size), this.keyEnd)
    this.valueStart = wider(new Int32Array(size), this.valueStart)
    this.valueEnd = wider(new Int32Array(size), this.valueEnd)
    this.keyEscaped = wider(new Uint8Array(size), this.keyEscaped)
    this.kind = wider(new Uint8Array(size), this.kind)
    this.valueEscaped = wider(new Uint8Array(size), this.valueEscaped)
  }
}

const EMPTY = new Uint8Array(0)

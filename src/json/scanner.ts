import {wordAt} from './lenient.ts'
import {KeyStack, RepeatedKey} from './repeated-key.ts'

/**
 * A JSON reader on bytes. It never builds values: it checks the grammar of RFC 8259 and notes where the members
 * of an object lie, so that an item's own text can be handed on without a trip through JavaScript numbers and
 * strings (which would change 9007199254740993, 1e400 and invalid UTF-8 without a word).
 *
 * It refuses what RFC 8259 allows but Postgres cannot store: `\u0000`, lone surrogates, nesting past MAX_DEPTH.
 * UTF-8 is not checked here: call `buffer.isUtf8` on the whole text first, it is many times faster.
 */

/** Deepest nesting that is accepted; the outermost object is level 1. */
export const MAX_DEPTH = 64

/** What a JSON value is, by its first byte. */
export const Kind = {String: 1, Number: 2, Boolean: 3, Null: 4, Object: 5, Array: 6} as const
export type Kind = (typeof Kind)[keyof typeof Kind]

/** Why a text was rejected. */
export type Fault = 'JSON' | 'NUL' | 'SURROGATE' | 'DEPTH' | 'DUPKEY'

const FAULT_WORDS: Record<Fault, string> = {
  JSON: 'not valid JSON',
  NUL: 'holds \\u0000, which Postgres cannot store',
  SURROGATE: 'holds a lone surrogate escape, which is not Unicode text',
  DEPTH: `is nested deeper than ${MAX_DEPTH} levels`,
  DUPKEY: 'gives a key twice',
}

/** Enough of a repeated key to recognise it by, in bytes. */
const SHOWN = 40

const QUOTE = 0x22
const BACKSLASH = 0x5c

/** 1 for the bytes that stand for themselves in a string: one look-up a byte is faster than three comparisons. */
const PLAIN = new Uint8Array(256).fill(1, 0x20)
PLAIN[QUOTE] = 0
PLAIN[BACKSLASH] = 0

/** The value of a hex digit's byte, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/**
 * Reads one text after another; the arrays are reused, so take what you need before the next call.
 * Member `i` of the last object has its key at `keyStart[i]..keyEnd[i]` (without quotes) and its value at
 * `valueStart[i]..valueEnd[i]` (the whole token, strings with their quotes).
 */
export class JsonScanner {
  /** Members found by the last `object()`, repeated keys included. */
  count = 0
  keyStart = new Int32Array(64)
  keyEnd = new Int32Array(64)
  keyEscaped = new Uint8Array(64)
  valueStart = new Int32Array(64)
  valueEnd = new Int32Array(64)
  kind = new Uint8Array(64)
  /** 1 where a string value holds a backslash. */
  valueEscaped = new Uint8Array(64)

  fault: Fault = 'JSON'
  /** Offset at which the last fault was seen. */
  faultAt = 0

  #bytes: Uint8Array = new Uint8Array(0)
  #end = 0
  #escaped = 0
  #unique = false
  readonly #repeated = new RepeatedKey()
  /** Keys of the containers that are open; those of the object itself are in `keyStart` and `keyEnd`. */
  readonly #nested = new KeyStack()

  /** Says what is wrong, with the position counted from `start`. */
  faultMessage(start: number): string {
    const word = this.fault === 'JSON' ? wordAt(this.#bytes, this.faultAt) : undefined
    const hint = word ? `: ${word} is no JSON; "qtool enqueue --lenient" turns it into null` : ''
    const key = this.fault === 'DUPKEY' ? `: ${this.#shownKey()}` : ''
    return `${FAULT_WORDS[this.fault]}${key} (at byte ${this.faultAt - start + 1})${hint}`
  }

  /** The key at the last fault with its quotes, as it is written. */
  #shownKey(): string {
    const end = this.#string(this.faultAt + 1)
    const shown = Buffer.from(
      this.#bytes.subarray(this.faultAt, Math.min(end, this.faultAt + SHOWN)),
    ).toString()
    return end - this.faultAt > SHOWN ? `${shown}…` : shown
  }

  /**
   * Points the scanner at `bytes[..end]`; needed before `object`, `value` and `space`.
   * @param keys `unique` makes a key that an object gives twice, at any depth, a fault; a text that has passed once
   *   need not pay for it again
   */
  open(bytes: Uint8Array, end: number, keys: 'unique' | 'any' = 'any'): void {
    this.#bytes = bytes
    this.#end = end
    this.#unique = keys === 'unique'
    this.#nested.length = 0
  }

  /** The first offset at or after `at` that is not white space. */
  space(at: number): number {
    const bytes = this.#bytes
    let p = at
    while (p < this.#end) {
      const c = bytes[p]
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
      p++
    }
    return p
  }

  /**
   * Reads the object that starts at `at` and notes its members.
   * @returns the offset behind it, or -1 with `fault` set.
   */
  object(at: number, depth = 1): number {
    this.count = 0
    const bytes = this.#bytes
    const end = this.#end
    if (bytes[at] !== 0x7b || at >= end) return this.#fail('JSON', at)
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
      this.keyEscaped[i] = this.#escaped
      escaped |= this.#escaped
      this.valueStart[i] = p
      this.#escaped = 0
      this.kind[i] = KIND_OF[bytes[p]]
      p = this.value(p, depth)
      if (p < 0) return -1
      this.valueEnd[i] = p
      this.valueEscaped[i] = this.#escaped
      this.count = i + 1
      p = this.#next(p, 0x7d)
      if (p < 0) return -1
      if (p === 0) return this.#objectEnd(escaped)
    }
  }

  #objectEnd(escaped: number): number {
    if (!this.#unique) return this.#closed
    const twice = this.#repeated.find(this.#bytes, this.keyStart, this.keyEnd, 0, this.count, escaped)
    return twice < 0 ? this.#closed : this.#fail('DUPKEY', this.keyStart[twice] - 1)
  }

  /**
   * Checks the value that starts at `at`, inside a container of level `depth`.
   * @returns the offset behind it, or -1 with `fault` set.
   */
  value(at: number, depth: number): number {
    if (at >= this.#end) return this.#fail('JSON', at)
    const c = this.#bytes[at]
    if (c === QUOTE) return this.#string(at + 1)
    if (c === 0x2d || (c >= 0x30 && c <= 0x39)) return this.#number(at)
    if (c === 0x7b) return this.#nestedObject(at, depth + 1)
    if (c === 0x5b) return this.#array(at, depth + 1)
    if (c === 0x74) return this.#literal(at, 'true')
    if (c === 0x66) return this.#literal(at, 'false')
    if (c === 0x6e) return this.#literal(at, 'null')
    return this.#fail('JSON', at)
  }

  /** Offset behind the bracket that ended the container just left; see `#next`. */
  #closed = 0
  #keyStart = 0
  #keyEnd = 0

  /** Reads `"key" :` and returns where its value starts. */
  #key(at: number): number {
    if (at >= this.#end || this.#bytes[at] !== QUOTE) return this.#fail('JSON', at)
    this.#escaped = 0
    const end = this.#string(at + 1)
    if (end < 0) return -1
    this.#keyStart = at + 1
    this.#keyEnd = end - 1
    const colon = this.space(end)
    if (colon >= this.#end || this.#bytes[colon] !== 0x3a) return this.#fail('JSON', colon)
    return this.space(colon + 1)
  }

  /**
   * After a member or element: the offset of the next one behind a comma, 0 where `close` ended the container
   * (`#closed` is then the offset behind it), or -1.
   */
  #next(at: number, close: number): number {
    const p = this.space(at)
    if (p >= this.#end) return this.#fail('JSON', p)
    const c = this.#bytes[p]
    if (c === 0x2c) return this.space(p + 1)
    if (c !== close) return this.#fail('JSON', p)
    this.#closed = p + 1
    return 0
  }

  #array(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return this.#fail('DEPTH', at)
    let p = this.space(at + 1)
    if (p < this.#end && this.#bytes[p] === 0x5d) return p + 1
    for (;;) {
      p = this.value(p, depth)
      if (p < 0) return -1
      p = this.#next(p, 0x5d)
      if (p <= 0) return p === 0 ? this.#closed : -1
    }
  }

  #nestedObject(at: number, depth: number): number {
    if (depth > MAX_DEPTH) return this.#fail('DEPTH', at)
    let p = this.space(at + 1)
    if (p < this.#end && this.#bytes[p] === 0x7d) return p + 1
    const keys = this.#nested
    const first = keys.length
    let escaped = 0
    for (;;) {
      p = this.#key(p)
      if (p < 0) return -1
      keys.push(this.#keyStart, this.#keyEnd)
      escaped |= this.#escaped
      p = this.value(p, depth)
      if (p < 0) return -1
      p = this.#next(p, 0x7d)
      if (p < 0) return -1
      if (p === 0) return this.#nestedEnd(first, escaped)
    }
  }

  #nestedEnd(first: number, escaped: number): number {
    const {starts, ends, length} = this.#nested
    const twice = this.#unique ? this.#repeated.find(this.#bytes, starts, ends, first, length, escaped) : -1
    this.#nested.length = first
    return twice < 0 ? this.#closed : this.#fail('DUPKEY', starts[twice] - 1)
  }

  /** `at` is behind the opening quote; returns the offset behind the closing one. */
  #string(at: number): number {
    const bytes = this.#bytes
    const end = this.#end
    let p = at
    for (;;) {
      while (p < end && PLAIN[bytes[p]] === 1) p++
      if (p >= end) return this.#fail('JSON', p)
      const c = bytes[p]
      if (c === QUOTE) return p + 1
      if (c !== BACKSLASH) return this.#fail('JSON', p)
      p = this.#escape(p + 1)
      if (p < 0) return -1
    }
  }

  /** `at` is behind the backslash; returns the offset behind the escape. */
  #escape(at: number): number {
    this.#escaped = 1
    if (at >= this.#end) return this.#fail('JSON', at)
    switch (this.#bytes[at]) {
      case 0x22: // "
      case 0x5c: // \
      case 0x2f: // /
      case 0x62: // b
      case 0x66: // f
      case 0x6e: // n
      case 0x72: // r
      case 0x74: // t
        return at + 1
      case 0x75: // u
        return this.#unicode(at + 1)
      default:
        return this.#fail('JSON', at)
    }
  }

  #unicode(at: number): number {
    const unit = this.#hex4(at)
    if (unit < 0) return this.#fail('JSON', at)
    if (unit === 0) return this.#fail('NUL', at)
    if (unit < 0xd800 || unit > 0xdfff) return at + 4
    const paired =
      unit < 0xdc00 && this.#bytes[at + 4] === BACKSLASH && this.#bytes[at + 5] === 0x75
        ? this.#hex4(at + 6)
        : -1
    return paired >= 0xdc00 && paired <= 0xdfff ? at + 10 : this.#fail('SURROGATE', at)
  }

  #hex4(at: number): number {
    if (at + 4 > this.#end) return -1
    let unit = 0
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.#bytes[at + i])
      if (digit < 0) return -1
      unit = unit * 16 + digit
    }
    return unit
  }

  #number(at: number): number {
    const bytes = this.#bytes
    let p = at
    if (bytes[p] === 0x2d) p++
    if (p < this.#end && bytes[p] === 0x30) p++
    else {
      p = this.#digits(p)
      if (p < 0) return -1
    }
    if (p < this.#end && bytes[p] === 0x2e) {
      p = this.#digits(p + 1)
      if (p < 0) return -1
    }
    if (p < this.#end && (bytes[p] | 0x20) === 0x65) {
      p++
      if (p < this.#end && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++
      p = this.#digits(p)
    }
    return p
  }

  /** At least one digit. */
  #digits(at: number): number {
    let p = at
    while (p < this.#end && this.#bytes[p] >= 0x30 && this.#bytes[p] <= 0x39) p++
    return p === at ? this.#fail('JSON', at) : p
  }

  #literal(at: number, word: string): number {
    if (at + word.length > this.#end) return this.#fail('JSON', at)
    for (let i = 0; i < word.length; i++) {
      if (this.#bytes[at + i] !== word.charCodeAt(i)) return this.#fail('JSON', at + i)
    }
    return at + word.length
  }

  #fail(fault: Fault, at: number): -1 {
    this.fault = fault
    this.faultAt = Math.min(at, this.#end)
    return -1
  }

  #grow(): void {
    const size = this.kind.length * 2
    const wider = (old: Int32Array) => {
      const array = new Int32Array(size)
      array.set(old)
      return array
    }
    const widerFlags = (old: Uint8Array) => {
      const array = new Uint8Array(size)
      array.set(old)
      return array
    }
    this.keyStart = wider(this.keyStart)
    this.keyEnd = wider(this.keyEnd)
    this.valueStart = wider(this.valueStart)
    this.valueEnd = wider(this.valueEnd)
    this.keyEscaped = widerFlags(this.keyEscaped)
    this.kind = widerFlags(this.kind)
    this.valueEscaped = widerFlags(this.valueEscaped)
  }
}

/** The kind of a value by its first byte; what cannot begin a value counts for nothing. */
const KIND_OF = new Uint8Array(256).fill(Kind.Number)
KIND_OF[QUOTE] = Kind.String
KIND_OF[0x7b] = Kind.Object
KIND_OF[0x5b] = Kind.Array
KIND_OF[0x6e] = Kind.Null
KIND_OF[0x74] = Kind.Boolean
KIND_OF[0x66] = Kind.Boolean

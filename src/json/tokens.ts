import type {Fault} from './fault.ts'

export const QUOTE = 0x22
const BACKSLASH = 0x5c

/** 1 for bytes that need no escape in a string: one look-up per byte is faster than three comparisons. */
export const PLAIN = new Uint8Array(256).fill(1, 0x20)
PLAIN[QUOTE] = 0
PLAIN[BACKSLASH] = 0

/** The value of a hex digit's byte, or -1. */
function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}

/**
 * Checks strings, numbers and literals by the grammar of RFC 8259, without making values of them. Each check returns
 * the offset after the token, or -1 with `fault` set.
 */
export class TokenReader {
  fault: Fault = 'JSON'
  /** Offset of the last fault. */
  faultAt = 0

  /** Takes `\u0000` and lone surrogates as well, which JSON allows and Postgres cannot store. */
  protected anyText = false

  protected bytes: Uint8Array = new Uint8Array(0)
  protected end = 0
  /** Set to 1 when a string holds a backslash. */
  protected escaped = 0

  /** The first offset at or after `at` that is not white space. */
  space(at: number): number {
    const bytes = this.bytes
    let p = at
    while (p < this.end) {
      const c = bytes[p]
      if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break
      p++
    }
    return p
  }

  /** `at` is the offset after the opening quote; returns the offset after the closing one. */
  protected string(at: number): number {
    const bytes = this.bytes
    const end = this.end
    let p = at
    for (;;) {
      while (p < end && PLAIN[bytes[p]] === 1) p++
      if (p >= end) return this.fail('JSON', p)
      const c = bytes[p]
      if (c === QUOTE) return p + 1
      if (c !== BACKSLASH) return this.fail('JSON', p)
      p = this.#escape(p + 1)
      if (p < 0) return -1
    }
  }

  /** `at` is the offset after the backslash; returns the offset after the escape. */
  #escape(at: number): number {
    this.escaped = 1
    if (at >= this.end) return this.fail('JSON', at)
    switch (this.bytes[at]) {
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
        return this.fail('JSON', at)
    }
  }

  #unicode(at: number): number {
    const unit = this.#hex4(at)
    if (unit < 0) return this.fail('JSON', at)
    if (this.anyText) return at + 4
    if (unit === 0) return this.fail('NUL', at)
    if (unit < 0xd800 || unit > 0xdfff) return at + 4
    const paired =
      unit < 0xdc00 && this.bytes[at + 4] === BACKSLASH && this.bytes[at + 5] === 0x75
        ? this.#hex4(at + 6)
        : -1
    return paired >= 0xdc00 && paired <= 0xdfff ? at + 10 : this.fail('SURROGATE', at)
  }

  #hex4(at: number): number {
    if (at + 4 > this.end) return -1
    let unit = 0
    for (let i = 0; i < 4; i++) {
      const digit = hexDigit(this.bytes[at + i])
      if (digit < 0) return -1
      unit = unit * 16 + digit
    }
    return unit
  }

  protected number(at: number): number {
    const bytes = this.bytes
    let p = at
    if (bytes[p] === 0x2d) p++
    if (p < this.end && bytes[p] === 0x30) p++
    else {
      p = this.#digits(p)
      if (p < 0) return -1
    }
    if (p < this.end && bytes[p] === 0x2e) {
      p = this.#digits(p + 1)
      if (p < 0) return -1
    }
    if (p < this.end && (bytes[p] | 0x20) === 0x65) {
      p++
      if (p < this.end && (bytes[p] === 0x2b || bytes[p] === 0x2d)) p++
      p = this.#digits(p)
    }
    return p
  }

  /** Reads at least one digit. */
  #digits(at: number): number {
    let p = at
    while (p < this.end && this.bytes[p] >= 0x30 && this.bytes[p] <= 0x39) p++
    return p === at ? this.fail('JSON', at) : p
  }

  protected literal(at: number, word: string): number {
    if (at + word.length > this.end) return this.fail('JSON', at)
    for (let i = 0; i < word.length; i++) {
      if (this.bytes[at + i] !== word.charCodeAt(i)) return this.fail('JSON', at + i)
    }
    return at + word.length
  }

  protected fail(fault: Fault, at: number): -1 {
    this.fault = fault
    this.faultAt = Math.min(at, this.end)
    return -1
  }
}

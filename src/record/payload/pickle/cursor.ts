import {isUtf8} from 'node:buffer'
import {JobFault} from '../payload.ts'
import type {PickleNumber} from './value.ts'

/** Most bytes of an integer: more digits than a numeric of Postgres has, and few enough to be written as decimals. */
const LONGEST = 64 * 1024

/** Reads the arguments of opcodes. @throws JobFault where the pickle ends too early */
export class Cursor {
  readonly #bytes: Buffer
  #at = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  take(count: number): Buffer {
    const end = this.#at + count
    if (count < 0 || end > this.#bytes.length) throw cutOff()
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  /** An unsigned number of 1, 2, 4 or 8 bytes. */
  unsigned(size: 1 | 2 | 4 | 8): number {
    const taken = this.take(size)
    if (size < 8) return taken.readUIntLE(0, size)
    const value = taken.readBigUInt64LE()
    if (value > BigInt(this.#bytes.length)) throw cutOff()
    return Number(value)
  }

  /** Up to the line break, without it. */
  line(): string {
    const end = this.#bytes.indexOf(0x0a, this.#at)
    if (end < 0) throw cutOff()
    const line = this.#bytes.toString('latin1', this.#at, end)
    this.#at = end + 1
    return line
  }

  text(size: 1 | 4 | 8): string {
    const bytes = this.take(this.unsigned(size))
    // Python also pickles lone surrogates, which are no UTF-8
    if (!isUtf8(bytes)) throw new JobFault('UTF8', 'the pickle holds a text that is not valid UTF-8')
    return bytes.toString()
  }

  /** An integer in two's complement, little-endian. */
  long(size: 1 | 4): PickleNumber {
    const length = this.unsigned(size)
    if (length > LONGEST) throw new JobFault('SIZE', `the pickle holds an integer of ${length} bytes`)
    const bytes = this.take(length)
    if (length === 0) return number('0')
    const digits = BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`)
    return number(String(bytes[length - 1] < 0x80 ? digits : digits - (1n << BigInt(8 * length))))
  }
}

export function number(text: string): PickleNumber {
  return {kind: 'number', text}
}

/** The shortest text that reads as the same number, as Python writes it: with a point, or an exponent. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan'
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf'
  const text = Object.is(value, -0) ? '-0' : String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function cutOff(): JobFault {
  return new JobFault('JOB', 'the pickle is cut off')
}

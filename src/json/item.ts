import {isUtf8} from 'node:buffer'
import type {Fault} from './fault.ts'
import {JsonScanner} from './scanner.ts'

/** Why a text cannot be an item. The codes are part of the JSON output. */
export type RefusalCode = Fault | 'UTF8' | 'SHAPE' | 'SIZE'

export interface Refusal {
  code: RefusalCode
  message: string
}

/** Largest item accepted by default, in bytes. */
export const MAX_ITEM_BYTES = 1024 * 1024

const NOT_UTF8: Refusal = {code: 'UTF8', message: 'is not valid UTF-8'}

/** Most bytes of a bad value that a message shows. */
const SHOWN = 20

/**
 * Decides whether a text can be an item: one JSON object (a record, or an envelope of records) in UTF-8 that Postgres
 * can store and that gives each of its keys once. `enqueue` rejects texts that fail this check, and `work` makes them
 * `malformed` dead letters.
 */
export class ItemCheck {
  readonly scanner = new JsonScanner()
  readonly #maxBytes: number
  readonly #depth: number

  /** @param outerDepth levels of nesting around the text, if it will be put into an envelope */
  constructor(maxBytes: number = MAX_ITEM_BYTES, outerDepth = 0) {
    this.#maxBytes = maxBytes
    this.#depth = outerDepth + 1
  }

  /** Checks `bytes[start..end]`. On success, `scanner` holds the members of the object. */
  check(bytes: Buffer, start: number, end: number, added = 0): Refusal | undefined {
    if (end - start - added <= this.#maxBytes && !isUtf8(bytes.subarray(start, end))) return NOT_UTF8
    return this.checkText(bytes, start, end, added)
  }

  /**
   * Like `check`, for bytes that `isUtf8` has already passed: one call for a large block is far cheaper.
   * @param added bytes that qtool itself has put into the text, which do not count
   */
  checkText(bytes: Buffer, start: number, end: number, added = 0): Refusal | undefined {
    if (end - start - added > this.#maxBytes) return this.#tooLarge(end - start)
    const {scanner} = this
    scanner.open(bytes, end, 'unique')
    const first = scanner.space(start)
    if (first < end && bytes[first] !== 0x7b) return this.#notAnObject(bytes, first, end)
    const behind = scanner.object(first, this.#depth)
    if (behind < 0) return {code: scanner.fault, message: scanner.faultMessage(start)}
    return this.#behind(behind, start, end)
  }

  /** Checks a list of records without an envelope. */
  checkList(bytes: Buffer, start: number, end: number): Refusal | undefined {
    if (end - start > this.#maxBytes) return this.#tooLarge(end - start)
    if (!isUtf8(bytes.subarray(start, end))) return NOT_UTF8
    const {scanner} = this
    scanner.open(bytes, end, 'unique')
    const behind = scanner.value(start, this.#depth)
    if (behind < 0) return {code: scanner.fault, message: scanner.faultMessage(start)}
    return this.#behind(behind, start, end)
  }

  #tooLarge(bytes: number): Refusal {
    return {code: 'SIZE', message: `is ${bytes} bytes, more than the limit of ${this.#maxBytes}`}
  }

  #behind(behind: number, start: number, end: number): Refusal | undefined {
    const rest = this.scanner.space(behind)
    if (rest === end) return undefined
    return {code: 'JSON', message: `not valid JSON (text after the object at byte ${rest - start + 1})`}
  }

  /** A valid value of another type has the wrong shape; anything else is not JSON at all. */
  #notAnObject(bytes: Buffer, first: number, end: number): Refusal {
    const {scanner} = this
    scanner.open(bytes, end)
    const behind = scanner.value(first, 0)
    if (behind < 0 || scanner.space(behind) !== end) {
      return {code: 'JSON', message: behind < 0 ? scanner.faultMessage(first) : 'not valid JSON'}
    }
    const shown = bytes.toString('utf8', first, Math.min(end, first + SHOWN))
    return {code: 'SHAPE', message: `expected a JSON object, got ${shown}${end - first > SHOWN ? '…' : ''}`}
  }
}

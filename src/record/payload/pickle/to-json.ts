import {MAX_DEPTH} from '../../../json/fault.ts'
import {JobFault} from '../payload.ts'
import {isDict, isList, isNumber, isObject, type PickleValue} from './value.ts'

/** Writes plain data as JSON. What has no JSON is marked, since it does no harm beside the records. */
export class PickleTexts {
  /** What is marked: the mark is a text with the index, which no record may hold since it begins with NUL. */
  readonly #marked: string[] = []
  readonly #maxBytes: number
  #size = 0

  /** @param maxBytes most bytes of all texts: a value that is held a thousand times takes no room in a pickle */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What has no JSON in a text that `textOf` returned, or in a part of it. */
  foreignIn(text: Buffer): string | undefined {
    const at = text.indexOf(MARK)
    if (at < 0) return undefined
    const index = /^\d+/.exec(text.toString('latin1', at + MARK.length, at + MARK.length + 10))
    return index ? this.#marked[Number(index[0])] : undefined
  }

  textOf(value: PickleValue): Buffer {
    return Buffer.from(this.#text(value, 1))
  }

  #text(value: PickleValue, depth: number): string {
    if (depth > MAX_DEPTH) throw new JobFault('DEPTH', `the pickle is nested deeper than ${MAX_DEPTH} levels`)
    if (isList(value)) return this.#list(value.values, depth)
    if (isDict(value)) return this.#object(value.members, depth)
    return this.#counted(this.#scalar(value))
  }

  #list(values: readonly PickleValue[], depth: number): string {
    this.#counted(EMPTY)
    return `[${values.map((inner) => this.#text(inner, depth + 1)).join(',')}]`
  }

  #object(members: Map<PickleValue, PickleValue>, depth: number): string {
    this.#counted(EMPTY)
    const parts: string[] = []
    for (const [key, value] of members) {
      if (typeof key !== 'string')
        throw new JobFault('SHAPE', 'expected texts as the keys of a dict in the pickle')
      parts.push(`${this.#counted(JSON.stringify(key))}:${this.#text(value, depth + 1)}`)
    }
    return `{${parts.join(',')}}`
  }

  #scalar(value: PickleValue): string {
    if (value === null || typeof value === 'boolean') return String(value)
    if (typeof value === 'string') return JSON.stringify(value)
    // As Postgres writes a bytea
    if (Buffer.isBuffer(value)) return `"\\\\x${value.toString('hex')}"`
    if (isNumber(value)) return /^-?\d/.test(value.text) ? value.text : this.#mark(value.text)
    return isObject(value) ? this.#mark(`an object of ${value.name}`) : 'null'
  }

  #mark(what: string): string {
    return `${MARK}${this.#marked.push(what) - 1}"`
  }

  #counted(text: string): string {
    // A comma or colon is counted with what is before it
    this.#size += text.length + 1
    if (this.#size > this.#maxBytes) {
      throw new JobFault('SIZE', `the pickle is more than the limit of ${this.#maxBytes} bytes as JSON`)
    }
    return text
  }
}

const MARK = '"\\u0000'
/** As long as the brackets of a container. */
const EMPTY = '[]'

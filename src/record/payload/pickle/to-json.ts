import {MAX_DEPTH} from '../../../json/fault.ts'
import {JobFault} from '../payload.ts'
import {isDict, isList, isNumber, isObject, type PickleValue} from './value.ts'

/** Writes plain data as JSON. What has no JSON is marked, since it does no harm beside the records. */
export class PickleTexts {
  /** Mark → what it stands for. Each is a text that no record may hold. */
  readonly #marks = new Map<string, string>()
  readonly #maxBytes: number
  #size = 0

  /** @param maxBytes most bytes of all texts: a value that is held a thousand times takes no room in a pickle */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** What has no JSON in a text that `textOf` returned, or in a part of it. */
  foreignIn(text: Buffer): string | undefined {
    for (const [mark, what] of this.#marks) if (text.includes(mark)) return what
    return undefined
  }

  textOf(value: PickleValue): Buffer {
    return Buffer.from(this.#text(value, 1))
  }

  #text(value: PickleValue, depth: number): string {
    if (depth > MAX_DEPTH) throw new JobFault('DEPTH', `the pickle is nested deeper than ${MAX_DEPTH} levels`)
    if (isList(value)) return `[${value.values.map((inner) => this.#text(inner, depth + 1)).join(',')}]`
    if (isDict(value)) return this.#object(value.members, depth)
    return this.#counted(this.#scalar(value))
  }

  #object(members: Map<PickleValue, PickleValue>, depth: number): string {
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
    const mark = `"\\u0000${this.#marks.size}"`
    this.#marks.set(mark, what)
    return mark
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

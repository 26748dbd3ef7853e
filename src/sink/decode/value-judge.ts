import {elementsOf, membersOf} from '../../json/path.ts'
import type {Objection, Verdict} from '../catalog/leaf-rule.ts'
import type {ValueType} from '../catalog/value-type.ts'
import {arrayParts, multirangeParts, type Part, rangeParts, rowParts, withParts} from './literal.ts'

/** A replacement for `bytes[start..end]` of a record. */
export interface Edit {
  start: number
  end: number
  /** A JSON token. */
  text: string
}

/**
 * Walks a JSON value along the structure of its column's type, as `json_to_recordset` does: a JSON array is an array,
 * a JSON object is a row, and any other text is a Postgres literal.
 */
export class ValueJudge {
  readonly #allowSpecial: boolean
  #edits: Edit[] = []

  /** @param allowSpecial raise no objections; values are still converted */
  constructor(allowSpecial: boolean) {
    this.#allowSpecial = allowSpecial
  }

  /**
   * Judges the JSON token `bytes[start..end]`.
   * @returns why it cannot be what its producer meant, or the edits that make Postgres read it so; none if it may stay
   */
  judge(type: ValueType, bytes: Buffer, start: number, end: number): Objection | Edit[] {
    this.#edits = []
    return this.#json(type, bytes, start, end) ?? this.#edits
  }

  #json(type: ValueType, bytes: Buffer, start: number, end: number): Objection | undefined {
    const first = bytes[start]
    if (first === NULL) return undefined
    if (type.form === 'array' && first === BRACKET) return this.#array(type, bytes, start, end)
    if (type.form === 'row' && first === BRACE) return this.#row(type, bytes, start, end)
    if (type.form === 'leaf' && type.rule?.takesNumbers !== false && isNumber(first)) return undefined
    const token = bytes.toString('utf8', start, end)
    const verdict = this.#text(type, first === QUOTE ? JSON.parse(token) : token)
    if (typeof verdict !== 'string') return verdict
    this.#edits.push({start, end, text: JSON.stringify(verdict)})
    return undefined
  }

  #array(
    type: ValueType & {form: 'array'},
    bytes: Buffer,
    start: number,
    end: number,
  ): Objection | undefined {
    for (const element of elementsOf(bytes.subarray(start, end))) {
      const at = start + element.start
      // A nested array is the next dimension
      const of = bytes[at] === BRACKET ? type : type.element
      const objection = this.#json(of, bytes, at, start + element.end)
      if (objection) return objection
    }
    return undefined
  }

  #row(type: ValueType & {form: 'row'}, bytes: Buffer, start: number, end: number): Objection | undefined {
    for (const member of membersOf(bytes.subarray(start, end))) {
      const attribute = type.attributes.find(({name}) => name === member.key)
      const objection =
        attribute && this.#json(attribute.type, bytes, start + member.start, start + member.end)
      if (objection) return objection
    }
    return undefined
  }

  /** Judges a text that the type's input function will read. */
  #text(type: ValueType, text: string): Verdict {
    switch (type.form) {
      case 'leaf':
        return (this.#allowSpecial ? undefined : type.rule?.objection(text)) ?? type.rule?.conversion?.(text)
      case 'array':
        return this.#parts(text, arrayParts(text, type.delimiter), () => type.element)
      case 'row':
        return this.#parts(text, rowParts(text), (i) => type.attributes[i]?.type)
      case 'range':
        return this.#parts(text, rangeParts(text), () => type.bound)
      case 'multirange':
        return this.#parts(text, multirangeParts(text), () => type.bound)
    }
  }

  #parts(literal: string, parts: Part[] = [], typeOf: (index: number) => ValueType | undefined): Verdict {
    const replaced: Array<{part: Part; text: string}> = []
    for (const [i, part] of parts.entries()) {
      const type = typeOf(i)
      if (!type || part.text === undefined) continue
      const verdict = this.#text(type, part.text)
      if (typeof verdict === 'string') replaced.push({part, text: verdict})
      else if (verdict) return verdict
    }
    return replaced.length > 0 ? withParts(literal, replaced) : undefined
  }
}

/** Whether a JSON token that begins with this byte is a number. */
function isNumber(byte: number): boolean {
  return byte === 0x2d || (byte >= 0x30 && byte <= 0x39)
}

const NULL = 0x6e
const QUOTE = 0x22
const BRACKET = 0x5b
const BRACE = 0x7b

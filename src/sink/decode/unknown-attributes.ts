import {elementsOf, membersOf} from '../../json/path.ts'
import type {ValueType} from '../catalog/value-type.ts'

/** A member of an object in a record that is no attribute of its composite type: Postgres leaves it out without a word. */
export interface UnknownAttribute {
  /** `address.zip`, `lines[].sku`. */
  path: string
  /** Where its value is. */
  start: number
  end: number
}

/**
 * Finds such members in the JSON token `bytes[start..end]`, at any depth.
 * @param path of the token
 */
export function* unknownAttributes(
  type: ValueType,
  bytes: Buffer,
  {path, start, end}: UnknownAttribute,
): Generator<UnknownAttribute> {
  if (type.form === 'array' && bytes[start] === OPENING_BRACKET) {
    for (const element of elementsOf(bytes.subarray(start, end))) {
      const at = start + element.start
      // A nested array is the next dimension
      const isNested = bytes[at] === OPENING_BRACKET
      const of = {path: isNested ? path : `${path}[]`, start: at, end: start + element.end}
      yield* unknownAttributes(isNested ? type : type.element, bytes, of)
    }
  } else if (type.form === 'row' && bytes[start] === OPENING_BRACE) {
    for (const {key, ...place} of membersOf(bytes.subarray(start, end))) {
      const member = {path: `${path}.${key}`, start: start + place.start, end: start + place.end}
      const attribute = type.attributes.find(({name}) => name === key)
      if (attribute) yield* unknownAttributes(attribute.type, bytes, member)
      else yield member
    }
  }
}

const OPENING_BRACKET = 0x5b
const OPENING_BRACE = 0x7b

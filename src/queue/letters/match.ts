import {usageError} from '../../errors.ts'
import {nullForNaN} from '../../json/lenient.ts'
import {elementsOf, findPath} from '../../json/path.ts'
import type {Letter} from './letter.ts'

/** A value that a payload must have. */
export interface Match {
  /** The names along the path; a name may itself contain dots. */
  path: string[]
  /** The value's own JSON text, or the characters of a string. */
  value: string
}

/** An operator typed by habit: only equality is supported. */
const OPERATOR = /[!<>~=\s]$/

/** `a.b=5` → the value 5 at `a.b`. @throws QtoolError (usage) */
export function parseMatch(text: string): Match {
  const equals = text.indexOf('=')
  const key = text.slice(0, Math.max(equals, 0))
  const value = text.slice(equals + 1)
  const path = key.split('.')
  if (path.every((name) => name !== '') && !OPERATOR.test(key) && !value.startsWith('=')) return {path, value}
  throw usageError(
    `--match must be KEY=VALUE, got ${JSON.stringify(text)}`,
    "for example --match 'flight_uuid=4f6f…' or --match device.id=7",
    'only equality is supported; a value that begins with "=" is written as a JSON string: --match \'key="=x"\'',
  )
}

/** Whether the payload of a letter, or one of the records of its envelope, has all these values. */
export function matchesPayload(matches: Match[], letter: Letter): boolean {
  if (!letter.isBase64 && !matches.every(({value}) => mayHold(letter, value))) return false
  // NaN, which is not JSON, counts as null
  const item = NOT_JSON.some((word) => letter.item.includes(word)) ? nullForNaN(letter.item) : letter.item
  if (hasAll(matches, item)) return true
  const records = findPath(item, [...letter.recordsPath])
  if (!records || item[records.start] !== OPENING_BRACKET) return false
  const array = item.subarray(records.start, records.end)
  return elementsOf(array).some(({start, end}) => hasAll(matches, array.subarray(start, end)))
}

const OPENING_BRACKET = 0x5b
const NOT_JSON = ['NaN', 'Infinity']

function hasAll(matches: Match[], record: Buffer): boolean {
  return matches.every(({path, value}) => hasValue(record, path, value))
}

/** `a.b` is the key b of the object at a, or the key "a.b". */
function hasValue(object: Buffer, path: string[], value: string): boolean {
  for (let names = path.length; names > 0; names--) {
    const key = path.slice(0, names).join('.')
    const found = findPath(object, [key])
    if (!found) continue
    const text = object.subarray(found.start, found.end)
    const rest = path.slice(names)
    if (rest.length === 0 ? isSame(text.toString(), value) : hasValue(text, rest, value)) return true
  }
  return false
}

/** Compares numbers as written, so that no digit is lost: 1.50 is not 1.5, and 9007199254740993 equals only itself. */
function isSame(text: string, value: string): boolean {
  if (text === value) return true
  if (text.startsWith('"')) return stringOf(text) === value
  if (text.startsWith('{') || text.startsWith('[')) return compact(text) === compact(value)
  return false
}

function stringOf(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'string' ? value : undefined
  } catch {
    return undefined
  }
}

/** The text without the white space between its tokens. */
function compact(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')
}

/** A text that most producers write into JSON unescaped. */
const PLAIN = /^[\w .:-]+$/

/** False if the bytes alone rule the value out, which saves parsing most letters. */
function mayHold(letter: Letter, value: string): boolean {
  if (value === 'null' || !PLAIN.test(value)) return true
  return letter.member.includes(value) || letter.member.includes('\\u')
}

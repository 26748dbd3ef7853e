import {readTime} from '../config/amount.ts'
import {elementsOf, findPath} from '../json/path.ts'
import {compareDecimals, readDecimal} from './decimal.ts'
import {type Bound, isWithin, type Limit, type Pattern} from './expression.ts'
import {fits} from './pattern.ts'

/**
 * Whether the value at a path of a JSON object passes a test of its own text. `a.b` is the key b of the object at a, or the
 * key "a.b"; `a.0` is also the first element of the array at a.
 */
export function hasValue(object: Buffer, path: readonly string[], test: (json: string) => boolean): boolean {
  if (object[0] === OPENING_BRACKET) return inArray(object, path, test)
  for (let names = path.length; names > 0; names--) {
    const found = findPath(object, [path.slice(0, names).join('.')])
    if (!found) continue
    const value = object.subarray(found.start, found.end)
    const rest = path.slice(names)
    if (rest.length === 0 ? test(value.toString()) : hasValue(value, rest, test)) return true
  }
  return false
}

const OPENING_BRACKET = 0x5b

function inArray(
  array: Buffer,
  [index, ...rest]: readonly string[],
  test: (json: string) => boolean,
): boolean {
  if (!/^\d{1,9}$/.test(index)) return false
  const element = elementsOf(array)[Number(index)]
  if (!element) return false
  const value = array.subarray(element.start, element.end)
  return rest.length === 0 ? test(value.toString()) : hasValue(value, rest, test)
}

/** What of a value is compared: the characters of a string, an object or array without its white space. */
export function comparedText(json: string): string {
  return charactersOf(json) ?? (/^[{[]/.test(json) ? compact(json) : json)
}

/**
 * Compared as written, so that no digit is lost: 1.50 is not 1.5, and 9007199254740993 is itself. A string is compared
 * by its characters or by its JSON text, an object or array without its white space. A wildcard never fits null.
 */
export function valueFits(pattern: Pattern, json: string): boolean {
  if (pattern.length > 1) return json !== 'null' && fits(pattern, charactersOf(json) ?? json)
  const [text] = pattern
  if (json === text) return true
  if (json.startsWith('"')) return charactersOf(json) === text
  if (json.startsWith('{') || json.startsWith('[')) return compact(json) === compact(text)
  return false
}

/** A number, or a time of RFC 3339, also where it is written as a string. Anything else is within no bound. */
export function valueWithin(operator: Bound, limit: Limit, json: string): boolean {
  const text = charactersOf(json) ?? json
  if ('ms' in limit) return json.startsWith('"') && isWithin(operator, readTime(text) - limit.ms)
  const number = readDecimal(text)
  return number !== undefined && isWithin(operator, compareDecimals(number, limit.number))
}

/** The characters of a JSON string; undefined for any other value. */
function charactersOf(json: string): string | undefined {
  if (!json.startsWith('"')) return undefined
  if (!json.includes('\\')) return json.slice(1, -1)
  const value: unknown = JSON.parse(json)
  return String(value)
}

/** Without the white space between tokens. */
function compact(text: string): string {
  return text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, '$1')
}

/** Whether a text holds another, as it is written or with its JSON escapes read. */
export function holds(text: string, wanted: string): boolean {
  return text.includes(wanted) || (text.includes('\\') && unescaped(text).includes(wanted))
}

const ESCAPES: Record<string, string> = {b: '\b', f: '\f', n: '\n', r: '\r', t: '\t'}

function unescaped(text: string): string {
  return text.replace(/\\(?:u([\da-fA-F]{4})|(.))/g, (_, hex?: string, letter = '') =>
    hex === undefined ? (ESCAPES[letter] ?? letter) : String.fromCharCode(Number.parseInt(hex, 16)),
  )
}

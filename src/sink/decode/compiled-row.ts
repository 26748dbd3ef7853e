import {PLAIN} from '../../json/tokens.ts'
import type {Column} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import {isPlainText, isUuid} from './plain.ts'

/** What a record consists of: its members in their order, and the bytes between their values. */
export interface Layout {
  /** The column that each member gives. */
  members: Column[]
  /** The bytes before each value, and those behind the last one. */
  between: Buffer[]
}

/** What is made of a record. */
export interface RowParts {
  /** The columns of its row. */
  columns: Column[]
  /** The columns of each foreign key, and where the places of their values go. */
  keys: Array<{columns: Column[]; spans: Int32Array}>
}

/**
 * Writes the record `bytes[start..end]` as a row of COPY text to `target[at..]`, which has room for it.
 * @returns the end of the row, or -1 if the record is another one than this code is for; what was written then has no meaning
 */
export type CompiledRow = (
  bytes: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
) => number

/** Most bytes between the values: the code grows with them, and V8 does not optimise very long code. */
const MOST_BETWEEN = 2000

/**
 * Makes code for records of a layout: it compares the bytes between the values, reads each value by the type of its
 * column, and gives up at the first byte that is not as expected. It takes less than `isPlain` and the grammar of JSON
 * allow, and nothing else: whatever it gives up is judged by `RowWriter`.
 *
 * The code holds bytes and limits, all of them numbers, and nothing that a record or the catalog could write.
 * @returns undefined if a column has values that need more than that, or the code would be very long
 */
export function compileRow({members, between}: Layout, {columns, keys}: RowParts): CompiledRow | undefined {
  if (between.reduce((sum, {length}) => sum + length, 0) > MOST_BETWEEN) return undefined
  const inKey = new Set(keys.flatMap((key) => key.columns))
  const values = members.map((column, i) => valueCode(column, i, inKey.has(column)))
  if (!values.every((code) => code !== undefined)) return undefined
  const lines = [
    'let p = start',
    ...values.flatMap((code, i) => [expected(between[i]), code]),
    expected(between[values.length]),
    'if (p !== end) return -1',
    ...columns.flatMap((column, i) => [i > 0 ? 'target[at++] = 9' : '', copyCode(members.indexOf(column))]),
    'target[at++] = 10',
    ...keys.flatMap((key, k) =>
      key.columns.map((column, c) => spanCode(k, c, members.indexOf(column), column)),
    ),
    'return at',
  ]
  const body = `return (b, start, end, target, at) => {\n${lines.join('\n')}\n}`
  const make = new Function('PLAIN', 'numberEnd', 'booleanEnd', 'isUuid', 'isPlainText', 'spans', body)
  const spans = keys.map((key) => key.spans)
  return make(PLAIN, numberEnd, booleanEnd, isUuid, isPlainText, spans)
}

/** Gives up unless these bytes come next. */
function expected(bytes: Buffer): string {
  if (bytes.length === 0) return ''
  const others = [...bytes].map((byte, i) => `b[p + ${i}] !== ${byte}`)
  return `if (${others.join(' || ')}) return -1\np += ${bytes.length}`
}

/** Reads the value at `p` of member `i`: sets s0, s1 … and e0, e1 … to where its content begins and ends. */
function valueCode(column: Column, i: number, isInKey: boolean): string | undefined {
  const token = tokenCode(column, i)
  if (token === undefined) return undefined
  const isNull = `b[p] === 110 && b[p + 1] === 117 && b[p + 2] === 108 && b[p + 3] === 108`
  const orNull = column.notNull || isInKey ? '' : `if (${isNull}) p += 4\nelse `
  return `let s${i} = -1, e${i} = -1\n${orNull}{\n${token}\n}`
}

function tokenCode({rule: {holds, limit}, judged}: Column, i: number): string | undefined {
  switch (holds) {
    case Holds.Integer:
    case Holds.Float:
    case Holds.Numeric:
      return `s${i} = p\ne${i} = p = numberEnd(b, p, ${limit}, ${holds !== Holds.Integer})\nif (p < 0) return -1`
    case Holds.Boolean:
      return `s${i} = p\ne${i} = p = booleanEnd(b, p)\nif (p < 0) return -1`
    case Holds.Uuid:
      return `s${i} = p + 1\ne${i} = p + 37\nif (b[p] !== 34 || b[e${i}] !== 34 || !isUuid(b, s${i}, e${i})) return -1\np = e${i} + 1`
    case Holds.Text:
      return `${stringCode(i)}\nif (p - s${i} + 1 > ${limit}) return -1`
    case Holds.Scalar:
      // The look of a scalar says nothing about its type, so every value with a rule is judged
      return judged ? undefined : stringCode(i)
    case Holds.Json:
    case Holds.Nested:
      return undefined
    default:
      return `${stringCode(i)}\nif (!isPlainText(${holds}, b, s${i}, e${i})) return -1`
  }
}

/** Reads a string without escapes. */
function stringCode(i: number): string {
  return `if (b[p] !== 34) return -1\ns${i} = ++p\nwhile (PLAIN[b[p]] === 1) p++\ne${i} = p\nif (b[p++] !== 34) return -1`
}

function copyCode(member: number): string {
  const nothing = 'target[at++] = 92\ntarget[at++] = 78'
  if (member < 0) return nothing
  const copy = `for (let i = s${member}; i < e${member}; i++) target[at++] = b[i]`
  return `if (s${member} < 0) {\n${nothing}\n} else ${copy}`
}

/** Notes where the token of a value in a foreign key is. */
function spanCode(key: number, place: number, member: number, {rule}: Column): string {
  const quote = isString(rule.holds) ? 1 : 0
  return `spans[${key}][${2 * place}] = s${member} - ${quote}\nspans[${key}][${2 * place + 1}] = e${member} + ${quote}`
}

function isString(holds: Holds): boolean {
  return ![Holds.Integer, Holds.Float, Holds.Numeric, Holds.Boolean].some((other) => other === holds)
}

/** Longest number that is read, in digits. */
const MOST_DIGITS = 300

/** The end of a plain number at `at`, or -1. @param limit most digits before the point */
function numberEnd(b: Uint8Array, at: number, limit: number, hasPoint: boolean): number {
  const first = b[at] === 0x2d ? at + 1 : at
  let p = first
  while (b[p] >= 0x30 && b[p] <= 0x39) p++
  const digits = p - first
  // JSON has no other leading zeros
  if (digits === 0 || digits > limit || digits > MOST_DIGITS || (digits > 1 && b[first] === 0x30)) return -1
  if (b[p] !== 0x2e) return p
  const fraction = ++p
  while (b[p] >= 0x30 && b[p] <= 0x39) p++
  return hasPoint && p > fraction && p - first <= MOST_DIGITS ? p : -1
}

/** The end of `true` or `false` at `at`, or -1. */
function booleanEnd(b: Uint8Array, at: number): number {
  const word = b[at] === TRUE[0] ? TRUE : FALSE
  for (let i = 0; i < word.length; i++) if (b[at + i] !== word[i]) return -1
  return at + word.length
}

const TRUE = Buffer.from('true')
const FALSE = Buffer.from('false')

import {JobFault} from '../payload.ts'
import {number} from './cursor.ts'
import {broken} from './stack.ts'
import type {PickleValue} from './value.ts'

/** An integer, or a boolean, as protocol 0 writes it: `5`, `5L`, `01`. */
export function oldInteger(line: string): PickleValue {
  if (line === '00') return false
  if (line === '01') return true
  const digits = /^(-?\d+)L?$/.exec(line)?.[1]
  if (digits === undefined) throw broken()
  return number(digits.replace(/^(-?)0+(?=\d)/, '$1'))
}

/** A floating-point number as protocol 0 writes it. */
export function oldFloat(line: string): number {
  if (line === 'nan') return Number.NaN
  const value = Number(line.replace(/^(-?)inf$/, '$1Infinity'))
  if (line.trim() === '' || Number.isNaN(value)) throw broken()
  return value
}

const LAST_CHARACTER = 0x10ffff

/** A text in which other characters than those of Latin-1 are escaped: `V` of protocol 0. */
export function rawUnicode(line: string): string {
  return line.replace(/\\u([0-9a-fA-F]{4})|\\U([0-9a-fA-F]{8})/g, (_, short, long) => {
    const character = Number.parseInt(short ?? long, 16)
    if (character > LAST_CHARACTER) throw broken()
    return String.fromCodePoint(character)
  })
}

const ESCAPES: Record<string, string> = {n: '\n', r: '\r', t: '\t', '\\': '\\', "'": "'", '"': '"'}

/** A text in quotes with the escapes of Python, as Python 2 wrote it; like Python 3, only of ASCII. */
export function quotedText(line: string): string {
  const quote = line[0]
  const isQuoted = line.length >= 2 && (quote === "'" || quote === '"') && line.endsWith(quote)
  if (!isQuoted) throw broken()
  return ascii(
    line.slice(1, -1).replace(/\\(?:x([0-9a-fA-F]{2})|(.))/g, (all, hex, escaped) => {
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      return ESCAPES[escaped] ?? all
    }),
  )
}

/** @throws JobFault for a text of Python 2 whose encoding nobody knows */
export function ascii(text: string): string {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0x7f)
      throw new JobFault('UTF8', 'the pickle of Python 2 holds a text that is not ASCII')
  }
  return text
}

import type {Pattern} from './expression.ts'
import type {Fault} from './fault.ts'
import {jointFault} from './look-alike.ts'

/** A name or a value of a filter. */
export interface Piece {
  /** Offset behind it. */
  end: number
  pattern: Pattern
  fault?: Fault
}

/** Reads the JSON string that starts at `at`. A star in it is a star. */
export function readQuoted(text: string, at: number): Piece {
  let end = at + 1
  while (end < text.length && text[end] !== '"') end += text[end] === '\\' ? 2 : 1
  if (end >= text.length) {
    const message = 'expected a closing quote for the text that starts here'
    return {end: text.length, pattern: [''], fault: {at, message}}
  }
  const value = stringOf(text.slice(at, end + 1))
  if (value !== undefined) return {end: end + 1, pattern: [value]}
  const message =
    'expected a quoted text as in JSON, with \\" for a quote, \\\\ for a backslash and \\n for a line end'
  return {end: end + 1, pattern: [''], fault: {at, message}}
}

function stringOf(json: string): string | undefined {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

/** Reads a value without quotes up to a blank or a parenthesis: a star is a wildcard, and a backslash takes the next character as it is. */
export function readBare(text: string, at: number): Piece {
  const pattern = ['']
  let end = at
  for (; end < text.length; end++) {
    const character = text[end]
    if (/[\s()"]/.test(character)) break
    const fault = jointFault(text, end)
    if (fault) return {end, pattern, fault}
    if (character === '*') pattern.push('')
    else if (character !== '\\') pattern[pattern.length - 1] += character
    else if (++end < text.length) pattern[pattern.length - 1] += text[end]
    else return {end, pattern, fault: {at: end - 1, message: 'expected a character after the backslash'}}
  }
  return {end, pattern}
}

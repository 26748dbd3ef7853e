import stringWidth from 'string-width'
import {type QtoolError, usageError} from '../errors.ts'

/** What is wrong with a filter, and where. */
export interface Fault {
  /** Offset in the filter. */
  at: number
  /** What was expected. */
  message: string
  suggestions?: readonly string[]
}

/** Characters of a filter that a message shows on each side of the place. */
const BEFORE = 60
const BEHIND = 40

/** Longest name that a message repeats. */
const LONGEST_NAME = 40

/** A name as a message repeats it. */
export function shortly(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name
}

/** Shows the place in the filter with a caret below it. */
export function faultError(text: string, {at, message, suggestions = []}: Fault): QtoolError {
  const from = Math.max(0, at - BEFORE)
  const to = Math.min(text.length, at + BEHIND)
  const before = (from > 0 ? '…' : '') + oneLine(text.slice(from, at))
  const behind = oneLine(text.slice(at, to)) + (to < text.length ? '…' : '')
  const caret = `${' '.repeat(stringWidth(before))}^`
  return usageError(`filter: ${message}\n    ${before}${behind}\n    ${caret}`, ...suggestions)
}

/** Controls and line ends take one column each, so that the caret stands below its character. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ' ')
}

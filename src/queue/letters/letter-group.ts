import {createHash} from 'node:crypto'
import type {Letter} from './letter.ts'
import {normaliseFailure, normaliseText} from './normalise.ts'

/** What all letters of a group have in common. */
export interface GroupKey {
  /**
   * Six letters and digits, made of the other fields. So a group keeps its id, whatever comes in or goes, and no other
   * group ever gets it; it is the same in every queue.
   */
  id: string
  reason: string
  code: string | null
  /** The column at fault, if the failure named one. */
  column: string | null
  constraint: string | null
  /** The table that refused it; null if its queue has only one, or if none was asked. */
  table: string | null
  /** The message with its values taken out. */
  error: string | null
}

/** The group of a letter, which follows from the letter alone. */
export function groupOf(letter: Letter): GroupKey {
  const {code, column, constraint, table} = letter
  const reason = letter.isOwn ? letter.reason : normaliseText(letter.reason)
  const error = errorOf(letter)
  const parts = [reason, code, column, constraint, error, ...(table === null ? [] : [table])]
  return {id: idOf(parts), reason, code, column, constraint, table, error}
}

/** Most texts that are remembered: most letters of a queue share a few messages, and a hash takes longer than a look-up. */
const MOST = 1000

const ids = new Map<string, string>()
const errors = new Map<string, string>()

function idOf(parts: Array<string | null>): string {
  const name = JSON.stringify(parts)
  return ids.get(name) ?? remember(ids, name, shortHash(name))
}

/** Without letters that are easily taken for others. */
const DIGITS = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 6

/** Whether a text may be the id of a group. */
export function isGroupId(text: string): boolean {
  return text.length === LENGTH && [...text].every((digit) => DIGITS.includes(digit))
}

/** 30 bits: with a hundred groups, one queue in 200,000 has two of the same id. */
function shortHash(text: string): string {
  const bytes = createHash('sha256').update(text).digest()
  return Array.from({length: LENGTH}, (_, i) => DIGITS[bytes[i] % DIGITS.length]).join('')
}

/** Remembered by its message, unless it depends on the payload. */
function errorOf(letter: Letter): string | null {
  const {message, code} = letter
  if (message === null) return null
  if (!letter.isOwn) return normaliseText(message)
  const name = `${code} ${message}`
  const known = errors.get(name)
  if (known !== undefined) return known
  let asked = false
  const holds = (text: string) => {
    asked = true
    return letter.item.includes(text)
  }
  const error = normaliseFailure({code, message, holds})
  return asked ? error : remember(errors, name, error)
}

function remember(texts: Map<string, string>, name: string, text: string): string {
  if (texts.size >= MOST) texts.clear()
  texts.set(name, text)
  return text
}

import {markedRecords} from '../../config/marked-records.ts'
import type {Span} from '../../json/cut.ts'
import {ItemCheck} from '../../json/item.ts'
import {nullForNaN} from '../../json/lenient.ts'
import {elementsOf, findPath} from '../../json/path.ts'
import type {Letter} from '../../queue/letters/letter.ts'
import type {Applied, EditRule} from './rule.ts'

/** What rules make of a letter. */
export interface EditedItem {
  /** Its new item; undefined if nothing changes. */
  item: Buffer | undefined
  /** Why records were left alone, as ends of sentences about them; one for each of these records. */
  misfits: string[]
}

const check = new ItemCheck()

/**
 * Applies rules to a letter: to each record of an envelope, all of them or none. A NaN, which JSON does not have, becomes
 * null; every other byte that the rules are not about stays.
 */
export function editedItem(letter: Letter, rules: readonly EditRule[]): EditedItem {
  const json = jsonOf(letter.item)
  const {item, misfits} = eachRecord(letter, json, (record) => applied(record, rules))
  const none = (why: string) => ({item: undefined, misfits: Array<string>(letter.records).fill(why)})
  if (misfits.length > 0 && item.equals(json)) return {item: undefined, misfits}
  if (item.equals(letter.item)) return none('would not change')
  return isItem(item) ? {item, misfits} : none('would not be a valid JSON object')
}

/** Goes through the records of an envelope, or takes the item as the only one. */
function eachRecord(
  {recordsPath}: Letter,
  item: Buffer,
  apply: (record: Buffer) => Applied,
): {item: Buffer; misfits: string[]} {
  const parts: Buffer[] = []
  const misfits: string[] = []
  let from = 0
  for (const {start, end} of recordsOf(item, recordsPath)) {
    const result = apply(item.subarray(start, end))
    if ('misfit' in result) {
      misfits.push(result.misfit)
      continue
    }
    parts.push(item.subarray(from, start), result.record)
    from = end
  }
  return {item: Buffer.concat([...parts, item.subarray(from)]), misfits}
}

/** Those that a route has kept, those of an envelope, or the item itself. */
function recordsOf(item: Buffer, path: readonly string[]): Span[] {
  const marked = markedRecords(item)
  if (marked) return marked
  const found = findPath(item, [...path])
  if (!found || item[found.start] !== OPENING_BRACKET) return [{start: 0, end: item.length}]
  const at = found.start
  const elements = elementsOf(item.subarray(at, found.end))
  return elements.map(({start, end}) => ({start: at + start, end: at + end}))
}

const OPENING_BRACKET = 0x5b

function applied(record: Buffer, rules: readonly EditRule[]): Applied {
  if (!isItem(record)) return {misfit: 'is not a JSON object'}
  let text = record
  for (const rule of rules) {
    const result = rule(text)
    if ('misfit' in result) return result
    text = result.record
  }
  return {record: text}
}

function isItem(text: Buffer): boolean {
  return check.check(text, 0, text.length) === undefined
}

/** Replaces NaN by null if that makes the text a valid item; else returns it unchanged. */
function jsonOf(item: Buffer): Buffer {
  if (isItem(item)) return item
  const json = nullForNaN(item)
  return isItem(json) ? json : item
}

import {QtoolError, usageError} from '../errors.ts'
import {ItemCheck} from '../json/item.ts'
import {nullForNaN} from '../json/lenient.ts'
import {elementsOf, findPath, setPath} from '../json/path.ts'
import type {DeadLetters} from '../queue/letters/dead-letters.ts'
import type {EditRun} from '../queue/letters/edit-letters.ts'
import type {Letter} from '../queue/letters/letter.ts'
import type {PlannedFilter} from './run-purge.ts'

/** A value to set at a path in every payload. */
export interface Assignment {
  path: string[]
  /** JSON text. */
  value: Buffer
}

/** `a.b=5` → the number 5 at a.b; a value that is not JSON is taken as text. @throws QtoolError (usage) */
export function parseAssignment(text: string): Assignment {
  const equals = text.indexOf('=')
  if (equals < 1) {
    throw usageError(`--set must be PATH=VALUE, got ${JSON.stringify(text)}`, 'for example --set device.id=7')
  }
  const value = text.slice(equals + 1)
  return {
    path: text.slice(0, equals).split('.'),
    value: Buffer.from(isJson(value) ? value : JSON.stringify(value)),
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** A payload before and after. */
export interface EditExample {
  id: string
  before: string
  after: string
}

/** Most examples shown. */
const EXAMPLES = 3

export interface SetResult {
  matched: number
  /** Letters that were changed or, without a run, would be. */
  edited: number
  /** Unchanged, not a JSON object, path not found, identical to another letter, or removed by others meanwhile. */
  skipped: number
  /** Skipped and not counted as matched: they arrived after the plan, or have the time of a clock that is ahead. */
  later: number
  /** The first edits. */
  examples: EditExample[]
}

/** Sets values in the payloads of dead letters that match a filter. Other bytes stay, except that NaN becomes null. */
export async function setInLetters(
  letters: DeadLetters,
  options: {
    filter: PlannedFilter
    assignments: Assignment[]
    /** If left out, nothing is changed. */
    run?: EditRun
    /** At most this many are changed. */
    most?: number
    signal: AbortSignal
    onProgress?: (read: number) => void
    /** Is given the letters that are to be changed, page by page. */
    onLetters?: (letters: readonly Letter[]) => void
    /** @param edited so far */
    onEdited?: (edited: number) => void
  },
): Promise<SetResult> {
  const check = new ItemCheck()
  const {most = Number.POSITIVE_INFINITY} = options
  const result: SetResult = {matched: 0, edited: 0, skipped: 0, later: 0, examples: []}
  const scan = letters.scan(options.filter)
  for await (const page of scan.pages()) {
    if (options.signal.aborted) break
    const possible = page.flatMap((letter) => {
      const item = assign(letter, jsonOf(letter.item, check), options.assignments)
      return item && !item.equals(letter.item) && isItem(item, check) ? [{letter, item}] : []
    })
    const edits = possible.slice(0, most - result.edited)
    const matched = edits.length < possible.length ? page.indexOf(possible[edits.length].letter) : page.length
    options.onLetters?.(edits.map(({letter}) => letter))
    const {run} = options
    const edited = run ? (await letters.edit(run, edits)).length : edits.length
    result.examples.push(...edits.slice(0, EXAMPLES - result.examples.length).map(exampleOf))
    result.matched += matched
    result.skipped += matched - edited
    result.later = scan.later
    result.edited += edited
    options.onEdited?.(result.edited)
    options.onProgress?.(scan.read)
    if (result.edited >= most) break
  }
  return result
}

/** @throws QtoolError (usage) if a text is not an item */
export function assertItem(text: Buffer): void {
  const refusal = new ItemCheck().check(text, 0, text.length)
  if (!refusal) return
  throw new QtoolError(`the payload must be one JSON object: ${refusal.message}`, {
    code: refusal.code,
    kind: 'usage',
    suggestions: ['nothing was changed'],
  })
}

function exampleOf({letter, item}: {letter: Letter; item: Buffer}): EditExample {
  return {id: letter.id, before: letter.item.toString(), after: item.toString()}
}

function isItem(text: Buffer, check: ItemCheck): boolean {
  return check.check(text, 0, text.length) === undefined
}

/** Replaces NaN, which JSON does not have, by null if that makes the text a valid item; else returns it unchanged. */
function jsonOf(item: Buffer, check: ItemCheck): Buffer {
  if (isItem(item, check)) return item
  const json = nullForNaN(item)
  return isItem(json, check) ? json : item
}

/** The item of a letter with the values set; in an envelope, they are set in each record. */
function assign(letter: Letter, item: Buffer, assignments: Assignment[]): Buffer | undefined {
  const found = letter.isOwn ? undefined : findPath(item, [...letter.recordsPath])
  if (!found || item[found.start] !== 0x5b) return assignRecord(item, assignments)
  const array = item.subarray(found.start, found.end)
  const records: Buffer[] = []
  for (const {start, end} of elementsOf(array)) {
    const record = assignRecord(array.subarray(start, end), assignments)
    if (!record) return undefined
    records.push(records.length === 0 ? OPEN : COMMA, record)
  }
  return Buffer.concat([
    item.subarray(0, found.start),
    ...(records.length === 0 ? [OPEN] : records),
    CLOSE,
    item.subarray(found.end),
  ])
}

const OPEN = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from(']')

function assignRecord(record: Buffer, assignments: Assignment[]): Buffer | undefined {
  let text: Buffer | undefined = record
  for (const {path, value} of assignments) text = text && setPath(text, path, value)
  return text
}

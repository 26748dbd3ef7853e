import type {Redis} from 'ioredis'
import {usageError} from '../errors.ts'
import {ItemCheck} from '../json/item.ts'
import {nullForNaN} from '../json/lenient.ts'
import {elementsOf, findPath, setPath} from '../json/path.ts'
import {editLetters} from '../queue/edit-letters.ts'
import type {Letter} from '../queue/letter.ts'
import type {LetterFilter} from '../queue/letter-filter.ts'
import {LetterScan, redisNow} from '../queue/letter-scan.ts'
import {failedAfter} from '../queue/letter-time.ts'
import type {QueueKeys} from '../redis/keys.ts'

/** A value to be put at a place of every payload. */
export interface Assignment {
  path: string[]
  /** JSON text. */
  value: Buffer
}

/** `a.b=5` → the number 5 at a.b; what is no JSON is taken as text. @throws QtoolError (usage) */
export function parseAssignment(text: string): Assignment {
  const equals = text.indexOf('=')
  if (equals < 1) {
    throw usageError(
      `expected --set as PATH=VALUE, got ${JSON.stringify(text)}`,
      'for example --set device.id=7',
    )
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

export interface SetResult {
  matched: number
  /** Changed; of a dry run, that would be. */
  edited: number
  /** No JSON object, a path that leads nowhere, a letter that would be the same as another, or gone meanwhile. */
  skipped: number
  /** Left, because they failed after this began, or by a clock that is ahead. */
  later: number
}

/** Puts values into the payloads of all dead letters that a filter means; every other byte stays, but NaN. */
export async function setInLetters(
  redis: Redis,
  keys: QueueKeys,
  options: {
    filter: LetterFilter
    assignments: Assignment[]
    dryRun: boolean
    signal: AbortSignal
    onProgress?: (read: number) => void
  },
): Promise<SetResult> {
  const startedAt = await redisNow(redis)
  const check = new ItemCheck()
  const result = {matched: 0, edited: 0, skipped: 0, later: 0}
  const scan = new LetterScan(redis, keys.dead, options.filter)
  for await (const page of scan.pages()) {
    if (options.signal.aborted) break
    const letters = page.filter((letter) => !failedAfter(letter.score, startedAt))
    const edits = letters.flatMap((letter) => {
      const item = assign(letter, jsonOf(letter.item, check), options.assignments)
      return item && isItem(item, check) ? [{letter, item}] : []
    })
    const edited = options.dryRun ? edits.length : (await editLetters(redis, keys, edits)).length
    result.matched += letters.length
    result.skipped += letters.length - edited
    result.later += page.length - letters.length
    result.edited += edited
    options.onProgress?.(scan.read)
  }
  return result
}

function isItem(text: Buffer, check: ItemCheck): boolean {
  return check.check(text, 0, text.length) === undefined
}

/** What is no item for its NaN alone becomes one: null is the nearest that JSON has. Else the text as it is. */
function jsonOf(item: Buffer, check: ItemCheck): Buffer {
  if (isItem(item, check)) return item
  const json = nullForNaN(item)
  return isItem(json, check) ? json : item
}

/** The item of a letter with the values put in; of an envelope, into each of its records. */
function assign(letter: Letter, item: Buffer, assignments: Assignment[]): Buffer | undefined {
  const points = letter.isOwn ? undefined : findPath(item, ['points'])
  if (!points || item[points.start] !== 0x5b) return assignRecord(item, assignments)
  const array = item.subarray(points.start, points.end)
  const records: Buffer[] = []
  for (const {start, end} of elementsOf(array)) {
    const record = assignRecord(array.subarray(start, end), assignments)
    if (!record) return undefined
    records.push(records.length === 0 ? OPEN : COMMA, record)
  }
  return Buffer.concat([
    item.subarray(0, points.start),
    ...(records.length === 0 ? [OPEN] : records),
    CLOSE,
    item.subarray(points.end),
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

import {usageError} from '../errors.ts'
import {DEAD_LETTERS} from '../filter/fields.ts'
import {readTokens} from '../filter/tokens.ts'
import {comparedText, hasValue} from '../filter/value.ts'
import type {JobReader} from '../queue/jobs/job-reader.ts'
import type {Letter} from '../queue/letters/letter.ts'
import {LetterSubject} from '../queue/letters/letter-subject.ts'

/** A field of dead letters, or a path in their payloads. */
export type ByPath = {field: string} | {path: readonly string[]}

/**
 * Reads a name as a filter does: `reason` is the field, `customer_no`, `points.0.lat` and `payload.reason` are paths in
 * the payload. @throws QtoolError (usage)
 */
export function parseBy(text: string): ByPath {
  const [token, ...rest] = readTokens(`${text}:*`)
  const isWhole = token?.kind === 'condition' && token.valueStart === text.length + 1
  if (!isWhole || rest.length > 0 || token.fault) {
    throw usageError(
      `expected --by to be a path or a field, got ${JSON.stringify(text)}`,
      'for example --by customer.no, --by points.0.lat or --by constraint',
    )
  }
  const [head, ...names] = token.path
  const field = text.startsWith('"') ? undefined : DEAD_LETTERS.fields.find(({name}) => name === head)
  if (!field) return {path: token.path}
  if (field.kind === 'payload' && names.length > 0) return {path: names}
  if ((field.kind === 'text' || field.kind === 'number') && names.length === 0) return {field: head}
  const inPayload = `write payload.${text} for a key of the payload`
  throw usageError(`dead letters cannot be listed by ${text}`, inPayload)
}

/** How many letters and records have a value, as a filter compares it. */
export interface CountedValue {
  /** The characters of a text; other values as they are written. */
  value: string
  letters: number
  records: number
  /** Its part of the records of all letters, 0 to 1. */
  share: number
  /** Id of one of the letters. */
  example: string
}

/** The values that dead letters have at a path, or in a field. */
export interface ValuesBy {
  by: string
  /** The most records first. */
  values: CountedValue[]
  /** Different values; at least this many if `isComplete` is false. */
  distinct: number
  /** Whether every value was counted; false if there are too many different ones, of which the first are counted. */
  isComplete: boolean
  /** Letters and records that have no value there. */
  without: {letters: number; records: number}
}

/** Most different values that are counted: a million letters may have a million of them. */
const MOST_VALUES = 100_000

/** Longest value that is kept whole, in characters. */
const LONGEST = 1000

interface Kept {
  letters: number
  records: number
  example: string
}

/** Counts the values of letters. */
export class ValueCounter {
  readonly #by: ByPath
  readonly #queue: string
  readonly #jobs: JobReader | undefined
  readonly #kept = new Map<string, Kept>()
  readonly #without = {letters: 0, records: 0}
  #records = 0
  #isComplete = true

  /** @param jobs for letters whose items are jobs; prepared for them */
  constructor(by: ByPath, {queue, jobs}: {queue: string; jobs?: JobReader}) {
    this.#by = by
    this.#queue = queue
    this.#jobs = jobs
  }

  add(letter: Letter): void {
    const counts = new Map<string | undefined, number>()
    for (const value of this.#valuesOf(letter)) counts.set(value, (counts.get(value) ?? 0) + 1)
    for (const [value, records] of counts) {
      this.#records += records
      const kept = value === undefined ? this.#without : this.#keptOf(value, letter)
      if (!kept) continue
      kept.letters++
      kept.records += records
    }
  }

  /** @param show values to list */
  result(by: string, show: number): ValuesBy {
    const sorted = [...this.#kept].sort(([, a], [, b]) => b.records - a.records)
    const values = sorted.slice(0, show).map(([value, kept]) => ({
      ...{value, letters: kept.letters, records: kept.records},
      share: kept.records / this.#records,
      example: kept.example,
    }))
    return {by, values, distinct: this.#kept.size, isComplete: this.#isComplete, without: {...this.#without}}
  }

  #keptOf(value: string, letter: Letter): Kept | undefined {
    const known = this.#kept.get(value)
    if (known) return known
    if (this.#kept.size >= MOST_VALUES) {
      this.#isComplete = false
      return undefined
    }
    const kept = {letters: 0, records: 0, example: letter.id}
    this.#kept.set(value, kept)
    return kept
  }

  /** The value of each record; undefined for one without. */
  #valuesOf(letter: Letter): Array<string | undefined> {
    const subject = new LetterSubject(letter, this.#queue, this.#jobs)
    if ('field' in this.#by) {
      const text = subject.texts(this.#by.field).at(-1)?.slice(0, LONGEST)
      return Array.from({length: letter.records}, () => text)
    }
    const {path} = this.#by
    const [payload, ...records] = subject.objects()
    if (records.length === 0) return [valueAt([payload], path)]
    return records.map((record) => valueAt([record, payload], path))
  }
}

/** The first value at a path in some objects, as it is compared. */
function valueAt(objects: readonly Buffer[], path: readonly string[]): string | undefined {
  let found: string | undefined
  const take = (json: string) => {
    found = comparedText(json).slice(0, LONGEST)
    return true
  }
  objects.some((object) => hasValue(object, path, take))
  return found
}

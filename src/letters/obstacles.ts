import {textOfPath} from '../json/path.ts'
import {normaliseFailure} from '../queue/letters/normalise.ts'
import type {Cause} from '../record/cause.ts'
import {alias} from '../sink/decode/record-texts.ts'
import type {Sink} from '../sink/sink.ts'

/** The outcome of writing the records of a letter in a transaction that was rolled back. */
export type Verdict = {state: 'passing'} | Refusal

/** What stands in the way of a letter: the first cause, and all that are known, of all its records. */
export interface Refusal extends Fault {
  state: 'failing' | 'unknown'
  faults: readonly Fault[]
}

/** Why a record was not written. */
export interface Fault {
  cause: Cause
  record: Buffer
  /** Its values by the aliases of their columns; undefined if it is no record. */
  given: Buffer | undefined
  /** The table that it is for; undefined if no table takes it. */
  sink: Sink | undefined
}

/** Why letters would fail now, or could not be judged: one for each error, with the values at fault. */
export interface Obstacle {
  state: 'failing' | 'unknown'
  reason: string
  code: string
  /** The message; without its values, if they differ. */
  error: string
  column: string | null
  constraint: string | null
  /** The table that refuses them; null if the queue has only one, or if none was asked. */
  table: string | null
  /** Table that a foreign key refers to. */
  parent: string | null
  /** A letter with several obstacles counts for each of them. */
  letters: number
  /** Those of the letters that no other obstacle blocks. */
  alone: number
  records: number
  /** At least this many different values of the column or key at fault; see MOST_VALUES. */
  distinct: number
  /** The values with the most records. */
  top: Array<{value: string; letters: number; records: number}>
  /** Id of one of the letters. */
  example: string
}

/** After this many obstacles, further letters are grouped without their message. */
const MOST_KEPT = 10_000

/** Most distinct values kept, for all obstacles together: a million letters may have a million of them. */
const MOST_VALUES = 100_000

/** Most values listed with an obstacle. */
const TOP = 10

/** Most bytes of an example that are shown. */
const SHOWN = 200

/** Longest message that is shown, in characters. */
const LONGEST_ERROR = 300

/** Longest value that is kept whole, in characters. */
const LONGEST = 200

interface Kept {
  obstacle: Omit<Obstacle, 'distinct' | 'top'>
  /** The beginning of the first record that met it. */
  exampleText: string
  /** The message of all, with its values; undefined if they differ. */
  message: string | undefined
  values: Map<string, {letters: number; records: number; last: string}>
}

/** Groups letters that do not pass, by their errors. */
export class Obstacles {
  #several = 0
  readonly #kept = new Map<string, Kept>()
  #values = 0

  /** @param id of the letter */
  add({state, faults}: Refusal, id: string): void {
    const met = new Set<Kept>()
    for (const fault of faults) {
      const kept = this.#keptOf(state, fault, id)
      met.add(kept)
      if (kept.message !== fault.cause.message) kept.message = undefined
      kept.obstacle.records++
      this.#count(kept.values, this.#valueOf(fault), id)
    }
    for (const {obstacle} of met) {
      obstacle.letters++
      if (met.size === 1) obstacle.alone++
    }
    if (met.size > 1) this.#several++
  }

  #keptOf(state: Refusal['state'], {cause, record, sink}: Fault, id: string): Kept {
    const {reason, code} = cause
    const column = cause.column ?? null
    const constraint = cause.constraint ?? null
    const table = cause.table ?? null
    const error =
      this.#kept.size < MOST_KEPT ? normaliseFailure({...cause, holds: (text) => record.includes(text)}) : '…'
    const name = JSON.stringify([state, reason, code, column, constraint, table, error])
    const known = this.#kept.get(name)
    if (known) return known
    const parent = foreignKey(sink, constraint)?.parentName ?? null
    const counts = {letters: 0, alone: 0, records: 0}
    const place = {column, constraint, table, parent}
    const obstacle = {state, reason, code, error, ...place, ...counts, example: id}
    const exampleText = record.toString('utf8', 0, SHOWN)
    const kept: Kept = {obstacle, exampleText, message: cause.message, values: new Map()}
    this.#kept.set(name, kept)
    return kept
  }

  /** The obstacles with the most letters, each with the beginning of a record that meets it, and how many others there are. */
  most(show: number): {obstacles: Obstacle[]; examples: string[]; moreObstacles: number; several: number} {
    const sorted = [...this.#kept.values()].sort((a, b) => b.obstacle.letters - a.obstacle.letters)
    const obstacles = sorted.slice(0, show).map(({obstacle, message, values}) => ({
      ...obstacle,
      error: message?.slice(0, LONGEST_ERROR) ?? obstacle.error,
      distinct: values.size,
      top: [...values]
        .sort(([, a], [, b]) => b.records - a.records)
        .slice(0, TOP)
        .map(([value, {letters, records}]) => ({value, letters, records})),
    }))
    const examples = sorted.slice(0, show).map(({exampleText}) => exampleText)
    return {obstacles, examples, moreObstacles: sorted.length - obstacles.length, several: this.#several}
  }

  /** @param id of the letter, whose records come one after another */
  #count(values: Kept['values'], value: string | undefined, id: string): void {
    if (value === undefined) return
    const known = values.get(value)
    if (known) {
      known.records++
      if (known.last !== id) known.letters++
      known.last = id
    } else if (this.#values++ < MOST_VALUES) {
      values.set(value, {letters: 1, records: 1, last: id})
    }
  }

  /** The record's own text for the columns at fault; undefined if they are not known or not given. */
  #valueOf({cause, given, sink}: Fault): string | undefined {
    if (!given || !sink) return undefined
    const {columns} = sink.table
    const key = foreignKey(sink, cause.constraint ?? null)
    const found = key?.columns ?? [...columns.keys()].filter((index) => columns[index].name === cause.column)
    if (found.length === 0) return undefined
    const texts = found.map((column) => textOfPath(given, [alias(column)])?.toString())
    if (texts.includes(undefined)) return undefined
    return texts.map(plain).join(', ').slice(0, LONGEST)
  }
}

function foreignKey(sink: Sink | undefined, constraint: string | null) {
  return sink?.table.foreignKeys.find(({name}) => name === constraint)
}

/** The content of a JSON string; other values unchanged. */
function plain(text = ''): string {
  return text.startsWith('"') ? JSON.parse(text) : text
}

import {textOfPath} from '../json/path.ts'
import {normaliseFailure} from '../queue/letters/normalise.ts'
import type {Cause} from '../record/cause.ts'
import type {Sink} from '../sink/sink.ts'

/** The outcome of writing the records of a letter in a transaction that was rolled back. */
export type Verdict =
  | {state: 'passing'}
  /** The first record that failed, with its cause. */
  | {state: 'failing' | 'unknown'; cause: Cause; record: Buffer}

/** Why letters would fail now, or could not be judged: one for each error, with the values at fault. */
export interface Obstacle {
  state: 'failing' | 'unknown'
  reason: string
  code: string
  /** The message, with the values left out. */
  error: string
  column: string | null
  constraint: string | null
  /** Table that a foreign key refers to. */
  parent: string | null
  letters: number
  /** At least this many different values of the column or key at fault; see MOST_VALUES. */
  distinct: number
  /** The values with the most letters. */
  top: Array<{value: string; letters: number}>
  /** Id of one of the letters. */
  example: string
}

/** After this many obstacles, further letters are grouped without their message. */
const MOST_KEPT = 10_000

/** Most distinct values kept, for all obstacles together: a million letters may have a million of them. */
const MOST_VALUES = 100_000

/** Most values listed with an obstacle. */
const TOP = 10

/** Longest value that is kept whole, in characters. */
const LONGEST = 200

interface Kept {
  obstacle: Omit<Obstacle, 'distinct' | 'top'>
  values: Map<string, number>
}

/** Groups letters that do not pass, by their error. */
export class Obstacles {
  readonly #sink: Sink
  readonly #kept = new Map<string, Kept>()
  #values = 0

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** @param id of the letter */
  add({state, cause, record}: Exclude<Verdict, {state: 'passing'}>, id: string): void {
    const {reason, code} = cause
    const column = cause.column ?? null
    const constraint = cause.constraint ?? null
    const error =
      this.#kept.size < MOST_KEPT ? normaliseFailure({...cause, holds: (text) => record.includes(text)}) : '…'
    const name = JSON.stringify([state, reason, code, column, constraint, error])
    let kept = this.#kept.get(name)
    if (!kept) {
      const parent = this.#foreignKey(constraint)?.parentName ?? null
      const obstacle = {state, reason, code, error, column, constraint, parent, letters: 0, example: id}
      kept = {obstacle, values: new Map()}
      this.#kept.set(name, kept)
    }
    kept.obstacle.letters++
    this.#count(kept.values, this.#valueOf(cause, record))
  }

  /** The obstacles with the most letters, and how many others there are. */
  most(show: number): {obstacles: Obstacle[]; moreObstacles: number} {
    const sorted = [...this.#kept.values()].sort((a, b) => b.obstacle.letters - a.obstacle.letters)
    const obstacles = sorted.slice(0, show).map(({obstacle, values}) => ({
      ...obstacle,
      distinct: values.size,
      top: [...values]
        .sort(([, a], [, b]) => b - a)
        .slice(0, TOP)
        .map(([value, letters]) => ({value, letters})),
    }))
    return {obstacles, moreObstacles: sorted.length - obstacles.length}
  }

  #count(values: Map<string, number>, value: string | undefined): void {
    if (value === undefined) return
    const known = values.get(value)
    if (known === undefined && this.#values++ >= MOST_VALUES) return
    values.set(value, (known ?? 0) + 1)
  }

  #foreignKey(constraint: string | null) {
    return this.#sink.table.foreignKeys.find(({name}) => name === constraint)
  }

  /** The record's own text for the columns at fault; undefined if they are not known or not given. */
  #valueOf(cause: Cause, record: Buffer): string | undefined {
    const {columns} = this.#sink.table
    const key = this.#foreignKey(cause.constraint ?? null)
    const found = key
      ? key.columns.map((index) => columns[index])
      : columns.filter(({name}) => name === cause.column)
    if (found.length === 0) return undefined
    const texts = found.map((column) => textOfPath(record, [this.#sink.keyOf(column)])?.toString())
    if (texts.includes(undefined)) return undefined
    return texts.map(plain).join(', ').slice(0, LONGEST)
  }
}

/** The content of a JSON string; other values unchanged. */
function plain(text = ''): string {
  return text.startsWith('"') ? JSON.parse(text) : text
}

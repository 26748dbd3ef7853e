import {sourceText} from '../../config/mapping/source.ts'
import type {Cause} from '../../record/cause.ts'
import {OPS_EXPECTED, type Op, opOf} from '../../record/ops.ts'
import type {Table} from '../catalog/table.ts'
import type {Deletes} from '../upsert/deletes.ts'
import {noKey, SHOWN} from './record-causes.ts'
import type {ValueWriter} from './value-writer.ts'

/** Most values remembered. */
const MOST = 100

/** Reads what a record does to the table from the field that says it. */
export class OpReader {
  readonly #table: Table
  readonly #deletes: Deletes
  /** JSON text → op. */
  readonly #known = new Map<string, Op>()
  #text: string | undefined
  #isTwice = false

  constructor(table: Table, deletes: Deletes) {
    this.#table = table
    this.#deletes = deletes
  }

  /** Begins a record. */
  begin(): void {
    this.#text = undefined
    this.#isTwice = false
  }

  /** Takes the JSON text `bytes[start..end]` for the op. */
  give(bytes: Buffer, start: number, end: number): void {
    if (this.#text !== undefined) this.#isTwice = true
    this.#text = bytes.toString('utf8', start, end)
  }

  /** @returns what the record does, or why that cannot be told */
  read(): Op | Cause {
    const text = this.#text
    if (text === undefined) return this.#unknown('the record has no such field')
    if (this.#isTwice) return this.#unknown('two keys of the record give it')
    const known = this.#known.get(text)
    if (known) return known
    const op = text.startsWith('"') ? opOf(JSON.parse(text)) : undefined
    if (!op) return this.#unknown(`got ${text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text}`)
    if (this.#known.size < MOST) this.#known.set(text, op)
    return op
  }

  /** Why a record cannot delete its row: only what finds the row is needed. @param values of the record */
  faultOfDelete(values: ValueWriter): Cause | undefined {
    const {key, needed} = this.#deletes
    const missing = key.filter((column) => !values.holds(column))
    if (missing.length > 0) return noKey(missing.map((column) => this.#table.columns[column].name))
    return values.fault(needed)
  }

  #unknown(got: string): Cause {
    const field = sourceText(this.#deletes.source)
    const message = `expected ${JSON.stringify(field)} to say what the record does, as ${OPS_EXPECTED}: ${got}`
    return {reason: 'invalid', code: UNKNOWN_OP, message}
  }
}

/** The code of a record that does not say what it does. */
export const UNKNOWN_OP = 'UNKNOWN_OP'

import type {TimeUnit} from '../../config/mapping/times.ts'
import type {Cause} from '../../record/cause.ts'
import type {Table} from '../catalog/table.ts'
import {epochTime} from './epoch.ts'
import {farTime, twoKeys} from './record-causes.ts'
import {alias} from './record-texts.ts'
import type {TextBook} from './text-book.ts'

const NULL = 0x6e

const [MISSING, GIVEN, GIVEN_NULL] = [0, 1, 2]

/** Writes the values of one record after the other by their columns, each in its own text. */
export class ValueWriter {
  readonly #table: Table
  readonly #units: ReadonlyArray<TimeUnit | undefined>
  readonly #aliases: Buffer[]
  readonly #given: Uint8Array
  #book: TextBook | undefined
  #record = 0
  /** Why the record cannot be written, if it cannot; with the column if only that is at fault. */
  readonly #faults: Array<{cause: Cause; column?: number}> = []

  constructor(table: Table, units: ReadonlyArray<TimeUnit | undefined>) {
    this.#table = table
    this.#units = units
    this.#aliases = table.columns.map((_, column) => Buffer.from(`"${alias(column)}":`))
    this.#given = new Uint8Array(table.columns.length)
  }

  begin(book: TextBook, record: number): void {
    this.#given.fill(MISSING)
    this.#faults.length = 0
    this.#book = book
    this.#record = record
    book.begin(record)
  }

  /** Gives a column the JSON text `bytes[start..end]`. */
  give(column: number, bytes: Buffer, start: number, end: number): void {
    if (this.#given[column] !== MISSING) {
      this.refuse(twoKeys(this.#table.columns[column]), column)
      return
    }
    this.#given[column] = bytes[start] === NULL ? GIVEN_NULL : GIVEN
    const unit = this.#units[column]
    if (unit === undefined) this.#book?.member(this.#aliases[column], bytes, start, end)
    else this.#time(column, unit, bytes, start, end)
  }

  #time(column: number, unit: TimeUnit, bytes: Buffer, start: number, end: number): void {
    const token = bytes.toString('latin1', start, end)
    const time = epochTime(token, unit)
    if (time === undefined) this.#book?.member(this.#aliases[column], bytes, start, end)
    else if (time !== 'far') this.#book?.member(this.#aliases[column], Buffer.from(time))
    else this.refuse(farTime(this.#table.columns[column], token, unit), column)
  }

  /** Notes why the record cannot be written. @param column if only that one is at fault */
  refuse(cause: Cause, column?: number): void {
    this.#faults.push({cause, column})
  }

  /** The first fault. @param needed the columns that count; all if left out */
  fault(needed?: readonly number[]): Cause | undefined {
    return this.#faults.find(({column}) => column === undefined || (needed?.includes(column) ?? true))?.cause
  }

  /** Whether a column was given a value that is not null. */
  holds(column: number): boolean {
    return this.#given[column] === GIVEN
  }

  end(): void {
    this.#book?.end(this.#record)
  }
}

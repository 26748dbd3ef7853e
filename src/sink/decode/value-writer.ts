import type {TimeUnit} from '../../config/mapping/times.ts'
import type {Cause} from '../../record/cause.ts'
import type {Table} from '../catalog/table.ts'
import {epochTime} from './epoch.ts'
import {farTime, twoKeys} from './record-causes.ts'
import {alias} from './record-texts.ts'
import type {TextBook} from './text-book.ts'

/** Writes the values of one record after the other by their columns, each in its own text. */
export class ValueWriter {
  readonly #table: Table
  readonly #units: ReadonlyArray<TimeUnit | undefined>
  readonly #aliases: Buffer[]
  readonly #isGiven: Uint8Array
  #book: TextBook | undefined
  #record = 0
  /** Why the record cannot be written, if it cannot. */
  fault: Cause | undefined

  constructor(table: Table, units: ReadonlyArray<TimeUnit | undefined>) {
    this.#table = table
    this.#units = units
    this.#aliases = table.columns.map((_, column) => Buffer.from(`"${alias(column)}":`))
    this.#isGiven = new Uint8Array(table.columns.length)
  }

  begin(book: TextBook, record: number): void {
    this.#isGiven.fill(0)
    this.fault = undefined
    this.#book = book
    this.#record = record
    book.begin(record)
  }

  /** Gives a column the JSON text `bytes[start..end]`. */
  give(column: number, bytes: Buffer, start: number, end: number): void {
    if (this.#isGiven[column] === 1) {
      this.fault ??= twoKeys(this.#table.columns[column])
      return
    }
    this.#isGiven[column] = 1
    const unit = this.#units[column]
    if (unit === undefined) this.#book?.member(this.#aliases[column], bytes, start, end)
    else this.#time(column, unit, bytes, start, end)
  }

  #time(column: number, unit: TimeUnit, bytes: Buffer, start: number, end: number): void {
    const token = bytes.toString('latin1', start, end)
    const time = epochTime(token, unit)
    if (time === undefined) this.#book?.member(this.#aliases[column], bytes, start, end)
    else if (time !== 'far') this.#book?.member(this.#aliases[column], Buffer.from(time))
    else this.fault ??= farTime(this.#table.columns[column], token, unit)
  }

  end(): void {
    this.#book?.end(this.#record)
  }
}

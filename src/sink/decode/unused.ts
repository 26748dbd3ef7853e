import type {JsonScanner} from '../../json/scanner.ts'
import type {Table} from '../catalog/table.ts'
import {unknownKey} from './record-causes.ts'
import {keyText, type UnknownKeyCounter} from './unknown-keys.ts'
import type {ValueWriter} from './value-writer.ts'

/** Counts the values of records that give no column, and refuses records for them where that is asked for. */
export class UnusedValues {
  readonly #table: Table
  readonly #values: ValueWriter
  readonly #unknown: UnknownKeyCounter
  readonly #strict: boolean

  constructor(
    table: Table,
    values: ValueWriter,
    {unknown, strict}: {unknown: UnknownKeyCounter; strict: boolean},
  ) {
    this.#table = table
    this.#values = values
    this.#unknown = unknown
    this.#strict = strict
  }

  /** The key of member `i` of a record. */
  key(bytes: Buffer, scanner: JsonScanner, i: number): void {
    this.#unknown.add(bytes, scanner, i)
    if (this.#strict) this.#refuse(keyText(bytes, scanner.keyStart[i], scanner.keyEnd[i]))
  }

  /** A value inside a record. */
  path(path: string, bytes: Buffer, start: number, end: number): void {
    this.#unknown.addPath(path, bytes, start, end)
    if (this.#strict) this.#refuse(path)
  }

  #refuse(key: string): void {
    this.#values.refuse(unknownKey(this.#table, key))
  }
}

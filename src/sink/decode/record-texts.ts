import {JsonScanner} from '../../json/scanner.ts'
import type {DecodedLease} from './decoded.ts'
import type {RecordMap} from './record-map.ts'

/** The key that holds the value of a column in a record's text for SQL. */
export function alias(column: number): string {
  return `c${column}`
}

/**
 * Writes records for SQL: objects whose keys are aliases of the columns, with each value's own text. The records' own
 * keys will not do, because as column names they would be cut off after 63 bytes.
 */
export class RecordTexts {
  readonly #map: RecordMap
  readonly #flatMap: RecordMap
  readonly #scanner = new JsonScanner()
  readonly #aliases: Buffer[]

  /** @param flatMap that of records which a projection has written */
  constructor(map: RecordMap, flatMap: RecordMap, columns: number) {
    this.#map = map
    this.#flatMap = flatMap
    this.#aliases = Array.from({length: columns}, (_, column) => Buffer.from(`"${alias(column)}":`))
  }

  /** A JSON array of these records, as bytes, so that nothing is decoded on the way. */
  array(lease: DecodedLease, records: number[]): Buffer {
    for (const record of records) if (!lease.texts.has(record)) this.#write(lease, record)
    return lease.texts.array(records)
  }

  /** The object of one record. */
  object(lease: DecodedLease, record: number): Buffer {
    const array = this.array(lease, [record])
    return array.subarray(1, array.length - 1)
  }

  #write(lease: DecodedLease, record: number): void {
    const scanner = this.#scanner
    const {texts, edits} = lease
    const {bytes, start, end} = lease.given(record)
    const map = lease.flat.has(record) ? this.#flatMap : this.#map
    scanner.open(bytes, end)
    // A whole record inside of another is one level deeper than it was
    scanner.object(scanner.space(start), 0)
    texts.begin(record)
    for (let i = 0; i < scanner.count; i++) {
      const column = map.column(scanner, bytes, i)
      if (column < 0) continue
      const from = scanner.valueStart[i]
      const to = scanner.valueEnd[i]
      if (edits.has(record)) texts.member(this.#aliases[column], lease.sent(record, from, to))
      else texts.member(this.#aliases[column], bytes, from, to)
    }
    texts.end(record)
  }
}

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
  readonly #scanner = new JsonScanner()
  readonly #aliases: Buffer[]

  constructor(map: RecordMap, columns: number) {
    this.#map = map
    this.#aliases = Array.from({length: columns}, (_, column) => Buffer.from(`"${alias(column)}":`))
  }

  /** A JSON array of these records, as bytes, so that nothing is decoded on the way. */
  array(lease: DecodedLease, records: number[]): Buffer {
    for (const record of records) if (!lease.texts.has(record)) this.#write(lease, record)
    return lease.texts.array(records)
  }

  #write(lease: DecodedLease, record: number): void {
    const scanner = this.#scanner
    const {texts, items, edits} = lease
    scanner.open(items.bytes, lease.ends[record])
    scanner.object(scanner.space(lease.starts[record]))
    texts.begin(record)
    for (let i = 0; i < scanner.count; i++) {
      const column = this.#map.column(scanner, items.bytes, i)
      if (column < 0) continue
      const start = scanner.valueStart[i]
      const end = scanner.valueEnd[i]
      if (edits.has(record)) texts.member(this.#aliases[column], lease.sent(record, start, end))
      else texts.member(this.#aliases[column], items.bytes, start, end)
    }
    texts.end(record)
  }
}

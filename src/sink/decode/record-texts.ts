import {JsonScanner} from '../../json/scanner.ts'
import type {DecodedLease} from './decoded.ts'
import type {RecordMap} from './record-map.ts'

/** The key that holds the value of a column in a record's text for SQL. */
export function alias(column: number): string {
  return `c${column}`
}

const OPEN = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from(']')

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
    const parts: Buffer[] = [OPEN]
    for (const record of records) {
      if (parts.length > 1) parts.push(COMMA)
      parts.push(this.#text(lease, record))
    }
    parts.push(CLOSE)
    return Buffer.concat(parts)
  }

  /** Cached for each record, because halving needs the same ones again and again. */
  #text(lease: DecodedLease, record: number): Buffer {
    const known = lease.aliased[record]
    if (known) return known
    const text = this.#write(lease, record)
    lease.aliased[record] = text
    return text
  }

  #write(lease: DecodedLease, record: number): Buffer {
    const scanner = this.#scanner
    const {bytes} = lease.items
    scanner.open(bytes, lease.ends[record])
    scanner.object(scanner.space(lease.starts[record]))
    const parts: Buffer[] = [Buffer.from('{')]
    for (let i = 0; i < scanner.count; i++) {
      const column = this.#map.column(scanner, bytes, i)
      if (column < 0) continue
      if (parts.length > 1) parts.push(COMMA)
      parts.push(this.#aliases[column], lease.sent(record, scanner.valueStart[i], scanner.valueEnd[i]))
    }
    parts.push(Buffer.from('}'))
    return Buffer.concat(parts)
  }
}

import {JsonScanner} from '../json/scanner.ts'
import type {DecodedLease} from './decoded.ts'
import type {RecordMap} from './record-map.ts'

/** The name under which SQL finds the value of a column in a record. */
export function alias(column: number): string {
  return `c${column}`
}

const OPEN = Buffer.from('[')
const COMMA = Buffer.from(',')
const CLOSE = Buffer.from(']')

/**
 * Records as SQL reads them: objects whose keys are aliases of the columns, with each value's own text. Keys of the
 * records themselves cannot serve: as column names they would be cut off behind 63 bytes.
 */
export class RecordTexts {
  readonly #map: RecordMap
  readonly #scanner = new JsonScanner()
  readonly #aliases: Buffer[]

  constructor(map: RecordMap, columns: number) {
    this.#map = map
    this.#aliases = Array.from({length: columns}, (_, column) => Buffer.from(`"${alias(column)}":`))
  }

  /** A JSON array of these records; sent as bytes, so that nothing is decoded on the way. */
  array(lease: DecodedLease, records: number[]): Buffer {
    const parts: Buffer[] = [OPEN]
    for (const record of records) {
      if (parts.length > 1) parts.push(COMMA)
      parts.push(this.#text(lease, record))
    }
    parts.push(CLOSE)
    return Buffer.concat(parts)
  }

  /** Made once for each record: halving asks for the same ones again and again. */
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

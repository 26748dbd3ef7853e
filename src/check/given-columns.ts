import {JsonScanner} from '../json/scanner.ts'
import type {Table} from '../sink/catalog/table.ts'
import type {DecodedLease} from '../sink/decode/decoded.ts'
import {RecordMap} from '../sink/decode/record-map.ts'
import {alias} from '../sink/decode/record-texts.ts'
import type {Sink} from '../sink/sink.ts'
import {NUMBERS, TIMES} from './changed-type.ts'
import {SeenValues} from './seen-values.ts'

/** A column that no record gives. */
export interface MissingColumn {
  column: string
  /** Every record is refused for it: it takes no NULL, and has no default. */
  refuses: boolean
}

/** Which columns of a table records give, and what their values look like. */
export class GivenColumns {
  readonly #sink: Sink
  readonly #scanner = new JsonScanner()
  readonly #map: RecordMap
  readonly #values: SeenValues[]
  readonly #isGiven: boolean[]

  constructor(sink: Sink) {
    const {columns} = sink.table
    this.#sink = sink
    this.#map = new RecordMap(new Map(columns.map((_, column) => [alias(column), column])))
    this.#values = columns.map(() => new SeenValues())
    this.#isGiven = columns.map(() => false)
  }

  /** Looks at the records of a lease that are JSON objects. */
  add(lease: DecodedLease): void {
    const broken = new Set(
      lease.rejections.filter(({cause}) => cause.reason === 'malformed').map(({record}) => record),
    )
    for (let record = 0; record < lease.count; record++) {
      if (!broken.has(record) && lease.text(record).length > 0) this.#record(lease, record)
    }
  }

  #record(lease: DecodedLease, record: number): void {
    const scanner = this.#scanner
    const text = this.#sink.decoder.texts.object(lease, record)
    scanner.open(text, text.length)
    scanner.object(0, 0)
    // Of a delete, the other columns may hold anything
    const needed = lease.deletes.has(record) ? this.#sink.upsert?.deletes?.needed : undefined
    for (let i = 0; i < scanner.count; i++) {
      const column = this.#map.column(scanner, text, i)
      if (needed && !needed.includes(column)) continue
      this.#isGiven[column] = true
      const {holds} = this.#table.columns[column].rule
      const asNumber = NUMBERS.has(holds) || TIMES.has(holds)
      this.#values[column].add(text, scanner.valueStart[i], scanner.valueEnd[i], asNumber)
    }
  }

  get #table(): Table {
    return this.#sink.table
  }

  get missing(): MissingColumn[] {
    return this.#table.columns.flatMap(({name, notNull, hasDefault}, column) =>
      this.#isGiven[column] || column === this.#sink.upsert?.deletes?.soft?.column
        ? []
        : [{column: name, refuses: notNull && !hasDefault && !this.#table.mayRewrite}],
    )
  }

  /** What the values of a column look like. */
  valuesOf(name: string): SeenValues | undefined {
    return this.#values[this.#table.columns.findIndex((column) => column.name === name)]
  }
}

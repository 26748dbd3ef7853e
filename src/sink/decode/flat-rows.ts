import {JsonScanner} from '../../json/scanner.ts'
import type {Table} from '../catalog/table.ts'
import type {DecodedLease} from './decoded.ts'
import {RecordMap} from './record-map.ts'
import {alias} from './record-texts.ts'
import {RowWriter} from './row-writer.ts'
import {UnknownKeyCounter} from './unknown-keys.ts'

/** Writes rows from flat records, whose keys are the aliases of columns. */
export class FlatRows {
  readonly map: RecordMap
  readonly #scanner = new JsonScanner()
  readonly #rows: RowWriter

  constructor(table: Table, options: {allowSpecialValues: boolean}) {
    this.map = new RecordMap(new Map(table.columns.map((_, column) => [alias(column), column])))
    const how = {strict: false, allowSpecialValues: options.allowSpecialValues}
    this.#rows = new RowWriter(table, this.map, new UnknownKeyCounter(), this.#scanner, how)
  }

  /** Writes the record that stands in `lease.flat`. */
  write(lease: DecodedLease, record: number, lane: 'copy' | 'careful'): void {
    const {bytes, start, end} = lease.flat.at(record)
    this.#scanner.open(bytes, end)
    // A whole record inside of another is one level deeper than it was
    this.#scanner.object(start, 0)
    this.#rows.write(lease, record, bytes, lane)
  }
}

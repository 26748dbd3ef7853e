import {JsonScanner} from '../../json/scanner.ts'
import type {Table} from '../catalog/table.ts'
import type {Deletes} from '../upsert/deletes.ts'
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
  /** Of records that delete rows, of which only the columns are looked at that are needed for it. */
  readonly #deleteRows: RowWriter | undefined

  /** @param unknown counts what objects hold besides the attributes of their types */
  constructor(
    table: Table,
    {strict, allowSpecialValues}: {strict: boolean; allowSpecialValues: boolean},
    unknown: UnknownKeyCounter,
    deletes?: Deletes,
  ) {
    this.map = new RecordMap(new Map(table.columns.map((_, column) => [alias(column), column])))
    this.#rows = new RowWriter(table, this.map, unknown, this.#scanner, {strict, allowSpecialValues})
    if (!deletes) return
    const needed = new RecordMap(new Map(deletes.needed.map((column) => [alias(column), column])))
    const as = {strict: false, allowSpecialValues, deletes: true} as const
    this.#deleteRows = new RowWriter(deletes.table, needed, new UnknownKeyCounter(), this.#scanner, as)
  }

  /** Writes the record that stands in `lease.flat`. */
  write(lease: DecodedLease, record: number, lane: 'copy' | 'careful'): void {
    const {bytes, start, end} = lease.flat.at(record)
    this.#scanner.open(bytes, end)
    // A whole record inside of another is one level deeper than it was
    this.#scanner.object(start, 0)
    const rows = lease.deletes.has(record) ? this.#deleteRows : this.#rows
    rows?.write(lease, record, bytes, lane)
  }

  /** Takes back the buffers of a lease that is finished. */
  reclaim(lease: DecodedLease): void {
    this.#rows.reclaim(lease)
  }
}

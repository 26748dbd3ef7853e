import {NOTHING_WRITTEN, type Written} from '../../record/outcomes.ts'
import {Holds} from '../catalog/value-rule.ts'
import type {RecordRelation} from './record-relation.ts'
import type {Answer, OnTaken, RecordWrites} from './record-writes.ts'

/** Inserts records, and leaves a row whose key is there as it is. */
export class InsertWrites implements RecordWrites {
  readonly #records: RecordRelation

  constructor(records: RecordRelation) {
    this.#records = records
  }

  get settles(): boolean {
    return this.#records.table.target?.arbiter ?? false
  }

  unwritten(onTaken: OnTaken): 'alreadyThere' | 'suppressed' {
    const {mayRewrite} = this.#records.table
    return mayRewrite && !(this.settles && onTaken === 'settle') ? 'suppressed' : 'alreadyThere'
  }

  all(onTaken: OnTaken): string {
    return this.#insert(this.#records.from(), '', onTaken)
  }

  countAll(records: number, {rowCount}: Answer, onTaken: OnTaken): Written {
    // A rule may write several rows in place of one
    const inserted = Math.min(rowCount ?? 0, records)
    return {...NOTHING_WRITTEN, inserted, [this.unwritten(onTaken)]: records - inserted}
  }

  one(record: string, onTaken: OnTaken): string {
    const {table, names, indexes} = this.#records
    const values = indexes.map((index) => this.#records.one(index)).join(', ')
    return `INSERT INTO ${table.quoted} (${names}) SELECT ${values}
FROM ${this.#records.single(record)}${this.#onConflict(onTaken)};
GET DIAGNOSTICS counted = ROW_COUNT;
outcome := CASE WHEN counted > 0 THEN 'inserted' ELSE '${this.unwritten(onTaken)}' END;`
  }

  turns(records: string): string {
    const {n} = this.#records
    if (this.#key.length === 0) {
      return `SELECT n, n AS place FROM generate_series(1, json_array_length(${records})) AS n`
    }
    return `SELECT ${n} AS n, ${n} AS place FROM ${this.#records.part(records, this.#key)}${this.#inOrder}, ${n}`
  }

  /** RETURNING a constant needs no right to read the table. */
  within(where: string): string {
    return `written AS (${this.#insert('r', ` WHERE ${where}`, 'settle')}\nRETURNING 1)`
  }

  readonly counts = `SELECT count(*) AS n, 'inserted' AS kind FROM written`

  #insert(from: string, where: string, onTaken: OnTaken): string {
    const {table, names} = this.#records
    return `INSERT INTO ${table.quoted} (${names})
SELECT ${names} FROM ${from}${where}${this.#inOrder}${this.#onConflict(onTaken)}`
  }

  /** Indexes into the columns of those of the unique key, as far as the records give them. */
  get #key(): number[] {
    return this.#records.placesOf(this.#records.table.target?.columns ?? [])
  }

  /**
   * Sorted by the unique key, so that two workers with the same rows take their locks in the same order. Any order
   * that is the same everywhere will do, so text is compared as bytes: much cheaper than by a language's rules.
   */
  get #inOrder(): string {
    const order = this.#key.map((i) => {
      const {quoted, rule} = this.#records.columns[i]
      return `r.${quoted}${rule.holds === Holds.Text ? ' COLLATE "C"' : ''}`
    })
    return order.length > 0 ? `\nORDER BY ${order.join(', ')}` : ''
  }

  #onConflict(onTaken: OnTaken): string {
    const {target, columns} = this.#records.table
    if (!target || !this.settles || onTaken === 'fail') return ''
    const key = target.columns.map((index) => columns[index].quoted)
    return `\nON CONFLICT (${key.join(', ')}) DO NOTHING`
  }
}

import type {Written} from '../../record/outcomes.ts'
import type {RecordRelation} from '../write/record-relation.ts'
import {type Answer, countRow, type RecordWrites, TRIED} from '../write/record-writes.ts'
import type {Upsert} from './upsert.ts'
import {UpsertSql} from './upsert-sql.ts'

/** Inserts records, and updates the rows whose keys are there. */
export class UpsertWrites implements RecordWrites {
  readonly settles = true
  readonly #records: RecordRelation
  readonly #upsert: Upsert
  readonly #sql: UpsertSql

  constructor(records: RecordRelation, upsert: Upsert) {
    this.#records = records
    this.#upsert = upsert
    this.#sql = new UpsertSql(records.table, upsert, records.indexes)
  }

  /** A row that is newer, and one that a trigger kept from being written, cannot be told apart. */
  unwritten(): 'alreadyThere' | 'suppressed' {
    const isWritten = this.#sql.updates && this.#upsert.newestBy === undefined
    return this.#records.table.mayRewrite && isWritten ? 'suppressed' : 'alreadyThere'
  }

  all(): string {
    return this.#sql.upsert({from: this.#records.from(), order: `r.${this.#records.n}`})
  }

  countAll(records: number, {rows}: Answer): Written {
    return countRow(records, rows[0] as Record<string, string>, this.unwritten())
  }

  one(record: string): string {
    const {indexes} = this.#records
    const values = indexes.map((index) => this.#sql.given(index, this.#records.one(index)))
    const from = `(SELECT ${values.join(', ')} FROM ${this.#records.single(record)}) AS r`
    return `${this.#sql.insert(from)} RETURNING ${this.#sql.isNew} INTO is_new;
GET DIAGNOSTICS counted = ROW_COUNT;
outcome := CASE WHEN counted = 0 THEN '${this.unwritten()}' WHEN is_new THEN 'inserted' ELSE 'updated' END;`
  }

  turns(records: string): string {
    const places = this.#records.placesOf(this.#sql.keyColumns)
    return this.#sql.ranked({from: this.#records.part(records, places), order: `r.${this.#records.n}`})
  }

  within(where: string): string {
    const from = `(SELECT * FROM r WHERE ${where}) AS r`
    return `one AS MATERIALIZED (${this.#sql.newest({from, order: `r.${this.#records.n}`})}),
written AS (${this.#sql.insert('one')}\nRETURNING ${this.#sql.isNew} AS is_new)`
  }

  readonly counts = `SELECT count(*) FILTER (WHERE is_new) AS n, 'inserted' AS kind FROM written
UNION ALL SELECT count(*) FILTER (WHERE NOT is_new), 'updated' FROM written
UNION ALL SELECT count(*), '${TRIED}' FROM one`
}

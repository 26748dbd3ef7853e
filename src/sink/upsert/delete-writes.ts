import type {Written} from '../../record/outcomes.ts'
import type {RecordRelation} from '../write/record-relation.ts'
import {type Answer, countRow, type RecordWrites} from '../write/record-writes.ts'
import {DeleteSql} from './delete-sql.ts'
import type {Deletes} from './deletes.ts'
import type {Upsert} from './upsert.ts'
import {UpsertSql} from './upsert-sql.ts'

/** Deletes the rows whose keys the records give, or marks them as deleted. */
export class DeleteWrites implements RecordWrites {
  readonly settles = true
  readonly #records: RecordRelation
  readonly #upsert: Upsert
  readonly #sql: DeleteSql
  readonly #newest: UpsertSql

  constructor(records: RecordRelation, upsert: Upsert, deletes: Deletes) {
    this.#records = records
    this.#upsert = upsert
    this.#sql = new DeleteSql(upsert, deletes)
    this.#newest = new UpsertSql(deletes.table, upsert, records.indexes)
  }

  /** A row that is newer, and one that a trigger kept from being deleted, cannot be told apart. */
  unwritten(): 'alreadyThere' | 'suppressed' {
    const isDeleted = this.#upsert.newestBy === undefined
    return this.#records.table.mayRewrite && isDeleted ? 'suppressed' : 'alreadyThere'
  }

  all(): string {
    return this.#sql.write({from: this.#records.from(), order: `r.${this.#records.n}`})
  }

  countAll(records: number, {rows}: Answer): Written {
    return countRow(records, rows[0] as Record<string, string>, this.unwritten())
  }

  one(record: string): string {
    const {indexes, table} = this.#records
    const values = indexes.map((index) => `${this.#records.one(index)} AS ${table.columns[index].quoted}`)
    const one = `one AS (SELECT ${values.join(', ')} FROM ${this.#records.single(record)})`
    return `WITH ${one} ${this.#sql.delete('one')};
GET DIAGNOSTICS counted = ROW_COUNT;
IF counted > 0 THEN
  outcome := 'deleted';
ELSE
  PERFORM FROM (WITH ${one} SELECT FROM one WHERE ${this.#sql.finds('one')}) AS found;
  outcome := CASE WHEN FOUND THEN '${this.unwritten()}' ELSE 'alreadyGone' END;
END IF;`
  }

  turns(records: string): string {
    const places = this.#records.placesOf(this.#newest.keyColumns)
    return this.#newest.ranked({from: this.#records.part(records, places), order: `r.${this.#records.n}`})
  }

  within(where: string): string {
    const from = `(SELECT * FROM r WHERE ${where}) AS r`
    return this.#sql.within({from, order: `r.${this.#records.n}`})
  }

  get counts(): string {
    return this.#sql.counts
  }
}

import type {Table} from '../catalog/table.ts'
import {freeName} from '../write/record-relation.ts'
import {TRIED} from '../write/record-writes.ts'
import type {Deletes} from './deletes.ts'
import type {Upsert} from './upsert.ts'
import {type Records, UpsertSql} from './upsert-sql.ts'

/** SQL for records that delete the rows of their keys; of several of one key, only the newest does, as in `UpsertSql`. */
export class DeleteSql {
  readonly #table: Table
  readonly #upsert: Upsert
  readonly #deletes: Deletes
  readonly #newest: UpsertSql
  /** Quoted name of the column that says whether there is something to delete. */
  readonly #isThere: string

  constructor(upsert: Upsert, deletes: Deletes) {
    this.#table = deletes.table
    this.#upsert = upsert
    this.#deletes = deletes
    this.#newest = new UpsertSql(deletes.table, upsert, deletes.needed)
    this.#isThere = freeName(deletes.table, 'is_there')
  }

  /** Deletes and returns one row of counts; see `countRow`. */
  write(records: Records): string {
    return `WITH ${this.within(records)}
SELECT ${this.#counts.map(({kind, n}) => `${n} AS "${kind}"`).join(', ')}`
  }

  /** Two WITH queries, `one` and `written`, that delete. */
  within(records: Records): string {
    return `one AS MATERIALIZED (SELECT o.*, ${this.finds('o')} AS ${this.#isThere}
  FROM (${this.#newest.newest(records)}) AS o),
written AS (${this.delete('one')} RETURNING one.${this.#isThere} AS is_there)`
  }

  /** Selects the figures of `within` as (n, kind). */
  get counts(): string {
    return this.#counts.map(({kind, n}) => `SELECT ${n} AS n, '${kind}' AS kind`).join('\nUNION ALL ')
  }

  /** The statement, without what it returns. @param from the name of a relation with the columns that are needed */
  delete(from: string): string {
    const {soft} = this.#deletes
    const {newestBy} = this.#upsert
    const isKey = this.#isKey(from)
    if (!soft) {
      const where = newestBy === undefined ? isKey : `${isKey} AND ${this.#isNewer(from, newestBy)}`
      return `DELETE FROM ${this.#table.quoted} AS t USING ${from} WHERE ${where}`
    }
    const column = this.#quoted(soft.column)
    // A row that was deleted before keeps the time at which it was
    const sets = [`${column} = CASE WHEN ${this.#isLive} THEN ${soft.deleted} ELSE t.${column} END`]
    if (newestBy !== undefined) sets.push(`${this.#quoted(newestBy)} = ${from}.${this.#quoted(newestBy)}`)
    const where = newestBy === undefined ? this.#isLive : this.#isNewer(from, newestBy)
    return `UPDATE ${this.#table.quoted} AS t SET ${sets.join(', ')} FROM ${from} WHERE ${isKey} AND ${where}`
  }

  /** Whether the table has a row for a record that is not deleted. @param from the name of a relation */
  finds(from: string): string {
    const live = this.#deletes.soft ? ` AND ${this.#isLive}` : ''
    return `EXISTS (SELECT FROM ${this.#table.quoted} AS t WHERE ${this.#isKey(from)}${live})`
  }

  get #counts(): Array<{kind: string; n: string}> {
    const left = `(SELECT count(*) FROM one WHERE ${this.#isThere}) - (SELECT count(*) FROM written WHERE is_there)`
    return [
      {kind: 'deleted', n: '(SELECT count(*) FROM written)'},
      {
        kind: 'alreadyGone',
        n: `(SELECT count(*) FROM one) - (SELECT count(*) FROM written) - (${left})`,
      },
      {kind: TRIED, n: '(SELECT count(*) FROM one)'},
    ]
  }

  #isKey(from: string): string {
    const {key, operators} = this.#deletes
    return key
      .map((column, i) => `t.${this.#quoted(column)} ${operators[i]} ${from}.${this.#quoted(column)}`)
      .join(' AND ')
  }

  /** A row without a value is older than any record that has one. */
  #isNewer(from: string, newestBy: number): string {
    const name = this.#quoted(newestBy)
    return `(${from}.${name} > t.${name} OR t.${name} IS NULL AND ${from}.${name} IS NOT NULL)`
  }

  get #isLive(): string {
    const {soft} = this.#deletes
    if (!soft) return 'true'
    return soft.live === 'NULL'
      ? `t.${this.#quoted(soft.column)} IS NULL`
      : `t.${this.#quoted(soft.column)} IS DISTINCT FROM true`
  }

  #quoted(column: number): string {
    return this.#table.columns[column].quoted
  }
}

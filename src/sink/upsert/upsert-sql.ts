import type {Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import {TRIED} from '../write/record-writes.ts'
import type {Upsert} from './upsert.ts'

/** Records in SQL, as `r`, whose columns are named as those of the table. */
export interface Records {
  /** A relation `r`. */
  from: string
  /** Rises from each record to the next. */
  order: string
  /** A value with the type of its column; `r.column` if left out. */
  value?: (column: number) => string
}

/**
 * SQL for records that update the rows of their keys. Of several records of one key in a statement, which Postgres would
 * refuse, only the newest is written: the one with the greatest value of `newestBy`, of equals the first; without that
 * column, the last.
 */
export class UpsertSql {
  readonly #table: Table
  readonly #upsert: Upsert
  /** Indexes into the columns of the table that the records give. */
  readonly #given: number[]

  constructor(table: Table, upsert: Upsert, given: number[]) {
    this.#table = table
    this.#upsert = upsert
    this.#given = given
  }

  /** Writes the records and returns one row of counts; see `countRow`. */
  upsert(records: Records): string {
    return `WITH one AS MATERIALIZED (${this.newest(records)}),
written AS (${this.insert('one')} RETURNING ${this.isNew} AS is_new)
SELECT count(*) FILTER (WHERE is_new) AS inserted, count(*) FILTER (WHERE NOT is_new) AS updated,
  (SELECT count(*) FROM one) AS ${TRIED} FROM written`
  }

  /** The statement that writes records which do not repeat a key. @param from a relation with the given columns */
  insert(from: string): string {
    const names = this.#names(this.#given)
    return `INSERT INTO ${this.#table.quoted} AS t (${names}) SELECT ${names} FROM ${from}\n${this.onConflict}`
  }

  /** Where RETURNING can say it, whether a row was inserted and not updated. */
  get isNew(): string {
    const {key, isPartitioned} = this.#upsert
    if (!isPartitioned) return '(t.xmax = 0)'
    // Rows that were converted for their partition have no xmax. A key that another transaction has just added counts as new
    const equal = key.map((column) => `p.${this.#quoted(column)} = t.${this.#quoted(column)}`)
    return `NOT EXISTS (SELECT FROM ${this.#table.quoted} p WHERE ${equal.join(' AND ')})`
  }

  /** Whether a record of a known key may change its row. */
  get updates(): boolean {
    return this.#updated.length > 0
  }

  /** The clause for rows whose key is there. A row without a value is older than any record that has one. */
  get onConflict(): string {
    const {key, newestBy} = this.#upsert
    const target = `ON CONFLICT (${this.#names(key)})`
    if (!this.updates) return `${target} DO NOTHING`
    const sets = this.#updated.map((column) => `${this.#quoted(column)} = excluded.${this.#quoted(column)}`)
    const set = `${target} DO UPDATE SET ${sets.join(', ')}`
    if (newestBy === undefined) return set
    const name = this.#quoted(newestBy)
    return `${set} WHERE excluded.${name} > t.${name} OR t.${name} IS NULL AND excluded.${name} IS NOT NULL`
  }

  /** Selects the newest record of each key, sorted so that workers lock rows in the same order. */
  newest({from, order, value = (column) => `r.${this.#quoted(column)}`}: Records): string {
    const values = this.#given.map((column) => this.given(column, value(column))).join(', ')
    const key = this.#key(order, value)
    if (key.length === 0) return `SELECT ${values} FROM ${from} ORDER BY ${order}`
    return `SELECT DISTINCT ON (${key.join(', ')}) ${values} FROM ${from}
ORDER BY ${[...key, ...this.#newestFirst(order, value)].join(', ')}`
  }

  /** Selects a value of a record as it is written. @param value SQL of it */
  given(column: number, value: string): string {
    const soft = this.#upsert.deletes?.soft
    const isFlag = soft?.column === column && soft.live !== 'NULL'
    return `${isFlag ? `COALESCE(${value}, ${soft.live})` : value} AS ${this.#quoted(column)}`
  }

  /**
   * Selects for each record `order` and the number of its key as `place`, the newest record of each key first.
   * @param records with all columns of `keyColumns`
   */
  ranked({from, order}: Records): string {
    const value = (column: number) => `r.${this.#quoted(column)}`
    const key = this.#key(order, value)
    if (key.length === 0) return `SELECT ${order} AS n, ${order} AS place FROM ${from} ORDER BY 1`
    const newest = this.#newestFirst(order, value)
    return `SELECT ${order} AS n, dense_rank() OVER (ORDER BY ${key.join(', ')}) AS place FROM ${from}
ORDER BY ${[...key, ...newest].join(', ')}`
  }

  /**
   * Selects the records that repeat a key as (n, place), in the order in which they have to be written: the newest record
   * of each key last.
   * @param records with all columns of `keyColumns`, which include the whole key
   */
  repeated({from, order}: Records): string {
    const {newestBy} = this.#upsert
    const value = (column: number) => `r.${this.#quoted(column)}`
    const key = this.#key(order, value).join(', ')
    const newest = newestBy === undefined ? 'NULL' : value(newestBy)
    const isGiven = this.#upsert.key.map((column) => `${value(column)} IS NOT NULL`).join(' AND ')
    const where = this.#table.target?.nullsAreEqual ? '' : ` WHERE ${isGiven}`
    return `SELECT n, place FROM (SELECT ${order} AS n, dense_rank() OVER (ORDER BY ${key}) AS place,
  count(*) OVER (PARTITION BY ${key}) AS total, ${newest} AS newest FROM ${from}${where}) AS k
WHERE total > 1 ORDER BY place, newest NULLS FIRST, n`
  }

  /** The columns of the records that decide which is the newest of a key. */
  get keyColumns(): number[] {
    const {key, newestBy} = this.#upsert
    return [...key, ...(newestBy === undefined ? [] : [newestBy])].filter((c) => this.#given.includes(c))
  }

  get #updated(): number[] {
    return this.#upsert.columns.filter((column) => this.#given.includes(column))
  }

  /** What is the same for records of one key, and for no others; empty if the records do not give the key. */
  #key(order: string, value: (column: number) => string): string[] {
    const {key} = this.#upsert
    if (!key.every((column) => this.#given.includes(column))) return []
    const {target, columns} = this.#table
    const equals = key.map((column) => {
      const {rule, collation} = columns[column]
      if (collation !== null) return `${value(column)} COLLATE ${collation}`
      // Compared as bytes, which is much cheaper than by a language's rules
      return `${value(column)}${rule.holds === Holds.Text ? ' COLLATE "C"' : ''}`
    })
    const nullable = target?.nullsAreEqual ? [] : key.filter((column) => !columns[column].notNull)
    if (nullable.length === 0) return equals
    const isNull = nullable.map((column) => `${value(column)} IS NULL`).join(' OR ')
    return [...equals, `CASE WHEN ${isNull} THEN ${order} END`]
  }

  #newestFirst(order: string, value: (column: number) => string): string[] {
    const {newestBy} = this.#upsert
    if (newestBy === undefined) return [`${order} DESC`]
    return [`${value(newestBy)} DESC NULLS LAST`, order]
  }

  #quoted(column: number): string {
    return this.#table.columns[column].quoted
  }

  #names(columns: number[]): string {
    return columns.map((column) => this.#quoted(column)).join(', ')
  }
}

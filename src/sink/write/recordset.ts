import {escapeIdentifier} from 'pg'
import type {Column, Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import {alias} from '../decode/record-texts.ts'
import type {Shape} from '../decode/shape.ts'
import {type Given, missingValueBranches, violationBranches, wrongValueBranches} from './forecasts.ts'

/** What an insert does with a row whose key is already there: skip it, or fail. */
export type OnConflict = 'skip' | 'fail'

/**
 * SQL over the records in `$1`, a JSON array as `RecordTexts` writes it, so that Postgres gets the original texts of
 * the values. One statement serves all records of a shape.
 */
export class Recordset {
  readonly columns: Column[]
  readonly #table: Table
  readonly #indexes: number[]
  /** Quoted name of the ordinal column. */
  readonly #n: string

  constructor(table: Table, shape: Shape) {
    this.#n = escapeIdentifier(otherThan(table))
    this.#table = table
    this.#indexes = shape.columns
    this.columns = shape.columns.map((index) => table.columns[index])
  }

  /** Whether the records give all of these columns (indexes into `table.columns`). */
  gives(indexes: number[]): boolean {
    return indexes.every((index) => this.#indexes.includes(index))
  }

  get #given(): Given {
    return {columns: this.columns, n: this.#n, gives: (indexes) => this.gives(indexes)}
  }

  get #names(): string {
    return this.columns.map((column) => column.quoted).join(', ')
  }

  /** The records, with every column converted to the type that `typeOf` returns. */
  #from(typeOf: (column: Column) => string): string {
    const definitions = this.columns
      .map((column, i) => `${alias(this.#indexes[i])} ${typeOf(column)}`)
      .join(', ')
    return `(SELECT * FROM ROWS FROM (json_to_recordset($1::json) AS (${definitions})) WITH ORDINALITY) AS r(${this.#names}, ${this.#n})`
  }

  /**
   * Which values their columns would not accept: rows of (n, column index in `columns`, code, message, detail).
   * Needs `pg_input_error_info` of Postgres 16.
   */
  faults(): string | undefined {
    const missing = missingValueBranches(this.#table, this.#given)
    return this.#union([...wrongValueBranches(this.#given), ...missing], () => 'text')
  }

  /** The part of `faults` that works on every version: which values are missing. */
  nulls(): string | undefined {
    return this.#union(missingValueBranches(this.#table, this.#given), () => 'text')
  }

  /** Converts these columns and writes nothing; fails if Postgres cannot convert a value. */
  conversion(columns: number[]): string {
    return `SELECT count(*) FROM json_to_recordset($1::json) AS r(${this.definitions(columns)})`
  }

  /** The column definition list that converts these columns of a record. */
  definitions(columns: number[]): string {
    return columns.map((i) => `${alias(this.#indexes[i])} ${this.columns[i].type}`).join(', ')
  }

  /** The columns that `faults` does not check: arrays and composites are converted in other ways than texts. */
  nested(): number[] {
    return [...this.columns.keys()].filter((i) => this.columns[i].rule.holds === Holds.Nested)
  }

  /** Which records break a foreign key or a check that they alone decide: rows as of `violationBranches`. */
  violations(): string | undefined {
    return this.#union(violationBranches(this.#table, this.#given, 'sure'), (column) => column.type)
  }

  /**
   * Inserts the records that break no constraint, as they are before any trigger, and returns the others: rows as of
   * `violationBranches`, and one of kind 'i' whose `n` counts the rows inserted. It reads the records once, where a query
   * and an insert would read them twice. RETURNING a constant needs no right to read the table.
   */
  sift(): string {
    const none = 'SELECT NULL::bigint AS n, NULL AS kind, 0 AS which, NULL::text[] AS values WHERE false'
    const broken = [none, ...violationBranches(this.#table, this.#given, 'all')].join('\nUNION ALL\n')
    return `WITH r AS MATERIALIZED (SELECT * FROM ${this.#from((column) => column.type)}),
broken AS MATERIALIZED (${broken}),
written AS (INSERT INTO ${this.#table.quoted} (${this.#names})
SELECT ${this.#names} FROM r WHERE ${this.#n} NOT IN (SELECT n FROM broken)${this.#inOrder()}${this.#onConflict('skip')}
RETURNING 1)
SELECT n, kind, which, values FROM broken UNION ALL SELECT count(*), 'i', 0, NULL FROM written`
  }

  /** Runs all branches over the records, `r`; undefined if there are none. */
  #union(branches: string[], typeOf: (column: Column) => string): string | undefined {
    if (branches.length === 0) return undefined
    return `WITH r AS MATERIALIZED (SELECT * FROM ${this.#from(typeOf)})\n${branches.join('\nUNION ALL\n')}`
  }

  /** Whether an insert can skip rows that are already there. */
  get canSkip(): boolean {
    return this.#table.target?.arbiter ?? false
  }

  /**
   * Which keys are taken: rows of (n, there: the table has a row with this key, repeated: an earlier record has the same
   * key), without those of which neither is true; undefined if the records do not give the key.
   */
  there(): string | undefined {
    const {target, quoted} = this.#table
    if (!target || !this.gives(target.columns)) return undefined
    const names = this.#key.map((i) => this.columns[i].quoted)
    const equal = names.map((name) => `p.${name} = r.${name}`).join(' AND ')
    const own = names.map((name) => `r.${name}`).join(', ')
    return `SELECT * FROM (SELECT ${this.#n} AS n, EXISTS (SELECT FROM ${quoted} p WHERE ${equal}) AS there,
  row_number() OVER (PARTITION BY ${own} ORDER BY ${this.#n}) > 1 AS repeated
FROM ${this.#keysOf('$1::json')}) AS key WHERE there OR repeated`
  }

  /** @returns SQL that inserts all of the records, or fails */
  insert(onConflict: OnConflict = 'skip'): string {
    return `INSERT INTO ${this.#table.quoted} (${this.#names})
SELECT ${this.#names} FROM ${this.#from((column) => column.type)}${this.#inOrder()}${this.#onConflict(onConflict)}`
  }

  /** SQL that inserts one record. @param record an expression of type json */
  insertOne(record: string, onConflict: OnConflict): string {
    const values = this.#indexes.map((index) => `r.${alias(index)}`).join(', ')
    return `INSERT INTO ${this.#table.quoted} (${this.#names}) SELECT ${values}
FROM json_to_record(${record}) AS r(${this.definitions([...this.columns.keys()])})${this.#onConflict(onConflict)}`
  }

  /** SQL for the numbers of the records, from 1, in the order of `insert`. @param records an expression of type json */
  turns(records: string): string {
    if (this.#key.length === 0) return `SELECT generate_series(1, json_array_length(${records}))::int`
    return `SELECT ${this.#n}::int FROM ${this.#keysOf(records)}${this.#inOrder()}, ${this.#n}`
  }

  /** The records with the columns of the key alone. @param records an expression of type json */
  #keysOf(records: string): string {
    const names = this.#key.map((i) => this.columns[i].quoted).join(', ')
    return `ROWS FROM (json_to_recordset(${records}) AS (${this.definitions(this.#key)}))
WITH ORDINALITY AS r(${names}, ${this.#n})`
  }

  /** Indexes into `columns` of those of the unique key, as far as the records give them. */
  get #key(): number[] {
    const key = this.#table.target?.columns ?? []
    return key.map((column) => this.#indexes.indexOf(column)).filter((i) => i >= 0)
  }

  /**
   * Sorted by the unique key, so that two workers with the same rows take their locks in the same order. Any order
   * that is the same everywhere will do, so text is compared as bytes: much cheaper than by a language's rules.
   */
  #inOrder(): string {
    const order = this.#key.map((i) => {
      const {quoted, rule} = this.columns[i]
      return `r.${quoted}${rule.holds === Holds.Text ? ' COLLATE "C"' : ''}`
    })
    return order.length > 0 ? `\nORDER BY ${order.join(', ')}` : ''
  }

  #onConflict(onConflict: OnConflict): string {
    const {target, columns} = this.#table
    if (!target || !this.canSkip || onConflict === 'fail') return ''
    const key = target.columns.map((index) => columns[index].quoted)
    return `\nON CONFLICT (${key.join(', ')}) DO NOTHING`
  }
}

/** A name that no column of the table has. */
function otherThan({columns}: Table): string {
  const names = new Set(columns.map((column) => column.name))
  let name = 'n'
  while (names.has(name)) name += 'n'
  return name
}

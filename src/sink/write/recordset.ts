import type {Column, Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import type {Shape} from '../decode/shape.ts'
import {DeleteWrites} from '../upsert/delete-writes.ts'
import type {Upsert} from '../upsert/upsert.ts'
import {UpsertWrites} from '../upsert/upsert-writes.ts'
import {type Given, missingValueBranches, violationBranches, wrongValueBranches} from './forecasts.ts'
import {InsertWrites} from './insert-writes.ts'
import {RecordRelation} from './record-relation.ts'
import type {RecordWrites} from './record-writes.ts'

/**
 * SQL over the records in `$1`, a JSON array as `RecordTexts` writes it, so that Postgres gets the original texts of
 * the values. One statement serves all records of a shape.
 */
export class Recordset {
  readonly columns: Column[]
  /** Something on the server may change or drop the records, so that only the write can judge them. */
  readonly mayRewrite: boolean
  /** How they are written. */
  readonly writes: RecordWrites
  readonly #records: RecordRelation
  readonly #given: Given

  /** @param table as records of the shape meet it @param upsert how records update the rows of their keys, if they do */
  constructor(table: Table, shape: Shape, upsert?: Upsert) {
    const records = new RecordRelation(table, shape)
    this.#records = records
    this.columns = records.columns
    this.mayRewrite = table.mayRewrite
    this.writes = writesOf(records, shape, upsert)
    this.#given = {
      columns: records.columns,
      n: records.n,
      gives: (indexes) => records.gives(indexes),
      upsert,
    }
  }

  /** The column definition list that converts these columns of a record. */
  definitions(columns: number[]): string {
    return this.#records.definitions(columns)
  }

  /**
   * Which values their columns would not accept: rows of (n, column index in `columns`, code, message, detail).
   * Needs `pg_input_error_info` of Postgres 16.
   */
  faults(): string | undefined {
    const missing = missingValueBranches(this.#records.table, this.#given)
    return this.#union([...wrongValueBranches(this.#given), ...missing], () => 'text')
  }

  /** The part of `faults` that works on every version: which values are missing. */
  nulls(): string | undefined {
    return this.#union(missingValueBranches(this.#records.table, this.#given), () => 'text')
  }

  /** Converts these columns and writes nothing; fails if Postgres cannot convert a value. */
  conversion(columns: number[]): string {
    return `SELECT count(*) FROM json_to_recordset($1::json) AS r(${this.definitions(columns)})`
  }

  /** The columns that `faults` does not check: arrays and composites are converted in other ways than texts. */
  nested(): number[] {
    return [...this.columns.keys()].filter((i) => this.columns[i].rule.holds === Holds.Nested)
  }

  /** Which records break a foreign key or a check that they alone decide: rows as of `violationBranches`. */
  violations(): string | undefined {
    return this.#union(violationBranches(this.#records.table, this.#given, 'sure'), (column) => column.type)
  }

  /**
   * Writes the records that break no constraint, as they are before any trigger, and returns the others: rows as of
   * `violationBranches`, and those of `RecordWrites.counts`. It reads the records once, where a query and an insert would
   * read them twice.
   */
  sift(): string {
    const none = 'SELECT NULL::bigint AS n, NULL AS kind, 0 AS which, NULL::text[] AS values WHERE false'
    const broken = [none, ...violationBranches(this.#records.table, this.#given, 'all')].join('\nUNION ALL\n')
    return `WITH r AS MATERIALIZED (SELECT * FROM ${this.#records.from()}),
broken AS MATERIALIZED (${broken}),
${this.writes.within(`${this.#records.n} NOT IN (SELECT n FROM broken)`)}
SELECT n, kind, which, values FROM broken UNION ALL SELECT n, kind, 0, NULL FROM (${this.writes.counts}) AS counts`
  }

  /** Runs all branches over the records, `r`; undefined if there are none. */
  #union(branches: string[], typeOf: (column: Column) => string): string | undefined {
    if (branches.length === 0) return undefined
    return `WITH r AS MATERIALIZED (SELECT * FROM ${this.#records.from(typeOf)})\n${branches.join('\nUNION ALL\n')}`
  }

  /**
   * Which keys are taken: rows of (n, there: the table has a row with this key, repeated: an earlier record has the same
   * key), without those of which neither is true; undefined if the records do not give the key.
   */
  there(): string | undefined {
    const {target, quoted} = this.#records.table
    if (!target || !this.#records.gives(target.columns)) return undefined
    const key = this.#records.placesOf(target.columns)
    const names = key.map((i) => this.columns[i].quoted)
    const equal = names.map((name) => `p.${name} = r.${name}`).join(' AND ')
    const own = names.map((name) => `r.${name}`).join(', ')
    return `SELECT * FROM (SELECT ${this.#records.n} AS n, EXISTS (SELECT FROM ${quoted} p WHERE ${equal}) AS there,
  row_number() OVER (PARTITION BY ${own} ORDER BY ${this.#records.n}) > 1 AS repeated
FROM ${this.#records.part('$1::json', key)}) AS key WHERE there OR repeated`
  }
}

function writesOf(records: RecordRelation, {deletes}: Shape, upsert: Upsert | undefined): RecordWrites {
  if (!upsert) return new InsertWrites(records)
  return deletes && upsert.deletes
    ? new DeleteWrites(records, upsert, upsert.deletes)
    : new UpsertWrites(records, upsert)
}

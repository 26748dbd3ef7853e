import {escapeIdentifier, escapeLiteral} from 'pg'
import type {Column, ForeignKey, Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import {alias} from '../decode/record-texts.ts'
import type {Shape} from '../decode/shape.ts'

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
   * Needs `pg_input_error_info` of Postgres 16. There is one branch for each column, because Postgres looks up a
   * constant type name once for each branch and not for each value.
   */
  faults(): string | undefined {
    const branches = this.columns.flatMap((column, i) => {
      if (column.rule.holds === Holds.Nested || column.rule.holds === Holds.Json) return []
      return [
        `SELECT ${this.#n} AS n, ${i} AS col, e.sql_error_code AS code, e.message, e.detail
FROM r, LATERAL pg_input_error_info(r.${column.quoted}, ${escapeLiteral(column.type)}) e
WHERE r.${column.quoted} IS NOT NULL AND e.sql_error_code IS NOT NULL`,
      ]
    })
    return this.#union([...branches, ...this.#nullBranches()], () => 'text')
  }

  /** The part of `faults` that works on every version: which values are missing. */
  nulls(): string | undefined {
    return this.#union(this.#nullBranches(), () => 'text')
  }

  #nullBranches(): string[] {
    if (this.#table.mayRewrite) return []
    return this.columns.flatMap((column, i) => {
      if (!column.notNull) return []
      const message = `null value in column "${column.name}" of relation "${this.#table.name}" violates not-null constraint`
      return [
        `SELECT ${this.#n} AS n, ${i} AS col, '23502' AS code, ${escapeLiteral(message)} AS message, NULL AS detail FROM r WHERE r.${column.quoted} IS NULL`,
      ]
    })
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

  /** Which records break a foreign key or a check constraint: rows of (n, kind, index into the table's list, values). */
  violations(): string | undefined {
    if (this.#table.mayRewrite) return undefined
    return this.#union([...this.#foreignKeyBranches(), ...this.#checkBranches()], (column) => column.type)
  }

  /** Runs all branches over the records, `r`; undefined if there are none. */
  #union(branches: string[], typeOf: (column: Column) => string): string | undefined {
    if (branches.length === 0) return undefined
    return `WITH r AS MATERIALIZED (SELECT * FROM ${this.#from(typeOf)})\n${branches.join('\nUNION ALL\n')}`
  }

  #foreignKeyBranches(): string[] {
    if (this.#table.mayMakeParents) return []
    return this.#table.foreignKeys.flatMap((key, index) => {
      if (!key.readable || !this.gives(key.columns)) return []
      const own = key.columns.map((column) => `r.${this.#table.columns[column].quoted}`)
      const equal = own.map((column, i) => keyEquality(key, i, column)).join(' AND ')
      const given = own.map((column) => `${column} IS NOT NULL`).join(' AND ')
      const inTable = `NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${equal})`
      const inLease = this.#refersToItself(key) ? ` AND NOT EXISTS (SELECT FROM r p WHERE ${equal})` : ''
      const values = `ARRAY[${own.map((column) => `${column}::text`).join(', ')}]`
      return [
        `SELECT ${this.#n} AS n, 'f' AS kind, ${index} AS which, ${values} AS values FROM r WHERE ${given} AND ${inTable}${inLease}`,
      ]
    })
  }

  /** Whether a parent may be among the records themselves. */
  #refersToItself(key: ForeignKey): boolean {
    return key.self && key.parentColumns.every((name) => this.columns.some((column) => column.name === name))
  }

  #checkBranches(): string[] {
    return this.#table.checks.flatMap((check, index) => {
      if (check.columns.length === 0 || !this.gives(check.columns)) return []
      return [
        `SELECT ${this.#n} AS n, 'c' AS kind, ${index} AS which, NULL::text[] AS values FROM r WHERE NOT (${check.expression})`,
      ]
    })
  }

  /** Whether an insert can skip rows that are already there. */
  get canSkip(): boolean {
    return this.#table.target?.arbiter ?? false
  }

  /** Rows of (n, there: the table has a row with this key, repeated: an earlier record has the same key). */
  there(): string | undefined {
    const {target, columns, quoted} = this.#table
    if (!target || !this.gives(target.columns)) return undefined
    const names = target.columns.map((index) => columns[index].quoted)
    const equal = names.map((name) => `p.${name} = r.${name}`).join(' AND ')
    const own = names.map((name) => `r.${name}`).join(', ')
    const sql = `SELECT ${this.#n} AS n, EXISTS (SELECT FROM ${quoted} p WHERE ${equal}) AS there,
  row_number() OVER (PARTITION BY ${own} ORDER BY ${this.#n}) > 1 AS repeated FROM r`
    return this.#union([sql], (column) => column.type)
  }

  /**
   * Sorted by the unique key, so that two workers with the same rows take their locks in the same order. Any order
   * that is the same everywhere will do, so text is compared as bytes: much cheaper than by a language's rules.
   */
  insert(onConflict: OnConflict = 'skip'): string {
    const {target} = this.#table
    const order = (target?.columns ?? [])
      .filter((index) => this.gives([index]))
      .map((index) => {
        const column = this.#table.columns[index]
        return `r.${column.quoted}${column.rule.holds === Holds.Text ? ' COLLATE "C"' : ''}`
      })
    const sorted = order.length > 0 ? `\nORDER BY ${order.join(', ')}` : ''
    const key =
      target && this.canSkip && onConflict === 'skip'
        ? target.columns.map((index) => this.#table.columns[index].quoted)
        : []
    const conflict = key.length > 0 ? `\nON CONFLICT (${key.join(', ')}) DO NOTHING` : ''
    return `INSERT INTO ${this.#table.quoted} (${this.#names})
SELECT ${this.#names} FROM ${this.#from((column) => column.type)}${sorted}${conflict}`
  }
}

/** A name that no column of the table has. */
function otherThan({columns}: Table): string {
  const names = new Set(columns.map((column) => column.name))
  let name = 'n'
  while (names.has(name)) name += 'n'
  return name
}

/**
 * SQL that compares column `i` of a key's parent `p` with a value as the constraint itself does: by the constraint's
 * own operator, which may differ from what `=` resolves to, and on the type that this operator takes.
 */
export function keyEquality(key: ForeignKey, i: number, value: string): string {
  const operand = key.operands[i]
  const child = operand === null ? value : `(${value})::${operand}`
  return `p.${escapeIdentifier(key.parentColumns[i])} ${key.operators[i]} ${child}`
}

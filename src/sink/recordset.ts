import {escapeIdentifier, escapeLiteral} from 'pg'
import type {Column, Table} from './catalog.ts'
import {Holds} from './value-rule.ts'

/** Name of the ordinal column; no table will have it. */
export const N = '"qtool record"'

/**
 * SQL over the records in `$1`, a JSON array of their own texts: numbers and strings reach Postgres as they are.
 * One statement serves all records that give the same columns.
 */
export class Recordset {
  readonly columns: Column[]
  readonly #table: Table
  readonly #indexes: number[]
  readonly #keys: string[]

  /**
   * @param indexes into `table.columns`
   * @param keyOf the record key of a column (its own name unless renamed)
   */
  constructor(table: Table, indexes: number[], keyOf: (column: Column) => string) {
    this.#table = table
    this.#indexes = indexes
    this.columns = indexes.map((index) => table.columns[index])
    this.#keys = this.columns.map((column) => escapeIdentifier(keyOf(column)))
  }

  /** Whether every one of these columns (indexes into `table.columns`) is given. */
  gives(indexes: number[]): boolean {
    return indexes.every((index) => this.#indexes.includes(index))
  }

  get #names(): string {
    return this.columns.map((column) => column.quoted).join(', ')
  }

  /** The records with every column converted by the type `typeOf` gives it. */
  #from(typeOf: (column: Column) => string): string {
    const definitions = this.columns.map((column, i) => `${this.#keys[i]} ${typeOf(column)}`).join(', ')
    return `(SELECT * FROM ROWS FROM (json_to_recordset($1::json) AS (${definitions})) WITH ORDINALITY) AS r(${this.#names}, ${N})`
  }

  /**
   * Which values no column would take: rows of (n, column index in `columns`, code, message, detail).
   * Needs `pg_input_error_info` of Postgres 16. One branch a column: with a constant type name Postgres looks the
   * type up once a branch, not once a value.
   */
  faults(): string | undefined {
    const branches = this.columns.flatMap((column, i) => {
      const parts: string[] = []
      if (column.rule.holds !== Holds.Nested && column.rule.holds !== Holds.Json) {
        parts.push(`SELECT ${N} AS n, ${i} AS col, e.sql_error_code AS code, e.message, e.detail
FROM r, LATERAL pg_input_error_info(r.${column.quoted}, ${escapeLiteral(column.type)}) e
WHERE r.${column.quoted} IS NOT NULL AND e.sql_error_code IS NOT NULL`)
      }
      if (column.notNull) {
        const message = `null value in column "${column.name}" of relation "${this.#table.name}" violates not-null constraint`
        parts.push(
          `SELECT ${N}, ${i}, '23502', ${escapeLiteral(message)}, NULL FROM r WHERE r.${column.quoted} IS NULL`,
        )
      }
      return parts
    })
    if (branches.length === 0) return undefined
    const rows = `WITH r AS MATERIALIZED (SELECT * FROM ${this.#from(() => 'text')})`
    return `${rows}\n${branches.join('\nUNION ALL\n')}`
  }

  /** Which records break a foreign key or a check constraint: rows of (n, kind, index into the table's list, values). */
  violations(): string | undefined {
    const branches = [...this.#foreignKeyBranches(), ...this.#checkBranches()]
    if (branches.length === 0) return undefined
    const rows = `WITH r AS MATERIALIZED (SELECT * FROM ${this.#from((column) => column.type)})`
    return `${rows}\n${branches.join('\nUNION ALL\n')}`
  }

  #foreignKeyBranches(): string[] {
    return this.#table.foreignKeys.flatMap((key, index) => {
      if (!key.readable || !this.gives(key.columns)) return []
      const own = key.columns.map((column) => `r.${this.#table.columns[column].quoted}`)
      const theirs = key.parentColumns.map((name) => `p.${escapeIdentifier(name)}`)
      const equal = own.map((column, i) => `${theirs[i]} = ${column}`).join(' AND ')
      const given = own.map((column) => `${column} IS NOT NULL`).join(' AND ')
      const inTable = `NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${equal})`
      const inLease = key.self ? ` AND NOT EXISTS (SELECT FROM r p WHERE ${equal})` : ''
      const values = `ARRAY[${own.map((column) => `${column}::text`).join(', ')}]`
      return [
        `SELECT ${N} AS n, 'f' AS kind, ${index} AS which, ${values} AS values FROM r WHERE ${given} AND ${inTable}${inLease}`,
      ]
    })
  }

  #checkBranches(): string[] {
    return this.#table.checks.flatMap((check, index) => {
      if (check.columns.length === 0 || !this.gives(check.columns)) return []
      return [
        `SELECT ${N} AS n, 'c' AS kind, ${index} AS which, NULL::text[] AS values FROM r WHERE NOT (${check.expression})`,
      ]
    })
  }

  /**
   * Sorted by the unique key, so that two workers with the same rows take their locks in the same order. Any order
   * will do if it is the same everywhere, so text is compared as bytes: much cheaper than by a language's rules.
   */
  insert(): string {
    const order = this.#table.uniqueKey
      .filter((index) => this.gives([index]))
      .map((index) => {
        const column = this.#table.columns[index]
        return `r.${column.quoted}${column.rule.holds === Holds.Text ? ' COLLATE "C"' : ''}`
      })
    const sorted = order.length > 0 ? `\nORDER BY ${order.join(', ')}` : ''
    const conflict = this.#table.canConflict ? '\nON CONFLICT DO NOTHING' : ''
    return `INSERT INTO ${this.#table.quoted} (${this.#names})
SELECT ${this.#names} FROM ${this.#from((column) => column.type)}${sorted}${conflict}`
  }
}

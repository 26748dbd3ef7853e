import {escapeIdentifier} from 'pg'
import type {Column, Table} from '../catalog/table.ts'
import {alias} from '../decode/record-texts.ts'
import type {Shape} from '../decode/shape.ts'

/** Records of a shape as a relation in SQL, from a JSON array as `RecordTexts` writes it. */
export class RecordRelation {
  readonly table: Table
  /** The columns that the records give. */
  readonly columns: Column[]
  /** Their indexes in the table. */
  readonly indexes: number[]
  /** Quoted name of the column that numbers the records. */
  readonly n: string

  constructor(table: Table, shape: Shape) {
    this.table = table
    this.indexes = shape.columns
    this.columns = shape.columns.map((index) => table.columns[index])
    this.n = freeName(table, 'n')
  }

  /** Whether the records give all of these columns (indexes into `table.columns`). */
  gives(indexes: number[]): boolean {
    return indexes.every((index) => this.indexes.includes(index))
  }

  /** Indexes into `columns` of these columns of the table, as far as the records give them. */
  placesOf(indexes: number[]): number[] {
    return indexes.map((index) => this.indexes.indexOf(index)).filter((i) => i >= 0)
  }

  get names(): string {
    return this.columns.map((column) => column.quoted).join(', ')
  }

  /** The records `r` in $1, with every column converted to the type that `typeOf` returns. */
  from(typeOf: (column: Column) => string = (column) => column.type): string {
    const definitions = this.columns
      .map((column, i) => `${alias(this.indexes[i])} ${typeOf(column)}`)
      .join(', ')
    return `(SELECT * FROM ROWS FROM (json_to_recordset($1::json) AS (${definitions})) WITH ORDINALITY) AS r(${this.names}, ${this.n})`
  }

  /**
   * The records `r` with some of their columns.
   * @param records an expression of type json @param places indexes into `columns`
   */
  part(records: string, places: number[]): string {
    const names = places.map((i) => `${this.columns[i].quoted}, `).join('')
    return `ROWS FROM (json_to_recordset(${records}) AS (${this.definitions(places)}))
WITH ORDINALITY AS r(${names}${this.n})`
  }

  /** One record `r`, whose columns have the names of `one`. @param record an expression of type json */
  single(record: string): string {
    return `json_to_record(${record}) AS r(${this.definitions([...this.columns.keys()])})`
  }

  /** The name of a column of the table in `single`. */
  one(index: number): string {
    return `r.${alias(index)}`
  }

  /** The column definition list that converts these columns of a record. */
  definitions(places: number[]): string {
    return places.map((i) => `${alias(this.indexes[i])} ${this.columns[i].type}`).join(', ')
  }
}

/** A name that no column of the table has, quoted for SQL. @param wish what it begins with */
export function freeName({columns}: Table, wish: string): string {
  const names = new Set(columns.map((column) => column.name))
  let name = wish
  while (names.has(name)) name += 'n'
  return escapeIdentifier(name)
}

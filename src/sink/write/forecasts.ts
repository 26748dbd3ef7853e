import {escapeIdentifier, escapeLiteral} from 'pg'
import type {Column, ForeignKey, Table} from '../catalog/table.ts'
import {Holds} from '../catalog/value-rule.ts'
import {alwaysWrites, type Upsert} from '../upsert/upsert.ts'

/** The columns of the records `r`, about which these SELECTs ask. */
export interface Given {
  columns: Column[]
  /** Quoted name of the column that numbers the records. */
  n: string
  /** Whether every one of these columns (indexes into `table.columns`) is given. */
  gives: (indexes: number[]) => boolean
  /** How records update the rows of their keys, if they do. */
  upsert: Upsert | undefined
}

/**
 * SELECTs over the records `r`, as text, which return the values that their columns would not accept. There is one for
 * each column, because Postgres looks up a constant type name once for each SELECT and not for each value.
 */
export function wrongValueBranches({columns, n}: Given): string[] {
  return columns.flatMap((column, i) => {
    if (column.rule.holds === Holds.Nested || column.rule.holds === Holds.Json) return []
    return [
      `SELECT ${n} AS n, ${i} AS col, e.sql_error_code AS code, e.message, e.detail
FROM r, LATERAL pg_input_error_info(r.${column.quoted}, ${escapeLiteral(column.type)}) e
WHERE r.${column.quoted} IS NOT NULL AND e.sql_error_code IS NOT NULL`,
    ]
  })
}

/** SELECTs of the same form for values that are missing; none if a trigger may fill them in. */
export function missingValueBranches(table: Table, {columns, n}: Given): string[] {
  if (table.mayRewrite) return []
  return columns.flatMap((column, i) => {
    if (!column.notNull) return []
    const message = `null value in column "${column.name}" of relation "${table.name}" violates not-null constraint`
    return [
      `SELECT ${n} AS n, ${i} AS col, '23502' AS code, ${escapeLiteral(message)} AS message, NULL AS detail FROM r WHERE r.${column.quoted} IS NULL`,
    ]
  })
}

/**
 * SELECTs over the records `r`, which return those that break a constraint: rows of (n, kind, index into the table's list,
 * values), in the order in which Postgres checks them. `all` includes those that may change their answer while the
 * records are inserted: checks that look at other rows, and unique keys.
 */
export function violationBranches(table: Table, given: Given, which: 'sure' | 'all'): string[] {
  const sure = checkBranches(table, given).filter((_, i) => which === 'all' || table.checks[i].isOfRecord)
  const keys = which === 'all' ? uniqueBranches(table, given) : []
  return [...sure.flat(), ...keys, ...foreignKeyBranches(table, given, which)]
}

/** For each check the SELECT, or none if the records do not give its columns. */
function checkBranches(table: Table, {n, gives}: Given): string[][] {
  return table.checks.map((check, index) => {
    if (check.columns.length === 0 || !gives(check.columns)) return []
    return [
      `SELECT ${n} AS n, 'c' AS kind, ${index} AS which, NULL::text[] AS values FROM r WHERE NOT (${check.expression})`,
    ]
  })
}

/** The key by which records count as already there is left out, and so is the row that a record updates. */
function uniqueBranches(table: Table, {n, gives, upsert}: Given): string[] {
  const own = upsert && gives(upsert.key) ? upsert.key.map((column) => table.columns[column].quoted) : []
  const isOwn = own.map((name) => `p.${name} = r.${name}`).join(' AND ')
  const isOther = isOwn && ` AND (${isOwn}) IS NOT TRUE`
  return table.otherKeys.flatMap((columns, index) => {
    if (!gives(columns)) return []
    const names = columns.map((column) => table.columns[column].quoted)
    const equal = names.map((name) => `p.${name} = r.${name}`).join(' AND ')
    const key = names.map((name) => `r.${name}`).join(', ')
    const isGiven = names.map((name) => `r.${name} IS NOT NULL`).join(' AND ')
    return [
      `SELECT n, 'u', ${index}, NULL FROM (SELECT ${n} AS n, EXISTS (SELECT FROM ${table.quoted} p WHERE ${equal}${isOther})
  OR row_number() OVER (PARTITION BY ${key} ORDER BY ${n}) > 1 AS is_taken FROM r WHERE ${isGiven}) AS key WHERE is_taken`,
    ]
  })
}

/** A row that is not updated in these columns may refer to no parent that the record names. */
function foreignKeyBranches(table: Table, given: Given, which: 'sure' | 'all'): string[] {
  if (table.mayMakeParents) return []
  const {columns, n, gives, upsert} = given
  return table.foreignKeys.flatMap((key, index) => {
    if (!key.readable || !gives(key.columns)) return []
    if (which === 'sure' && upsert && !alwaysWrites(upsert, key.columns)) return []
    const own = key.columns.map((column) => `r.${table.columns[column].quoted}`)
    const equal = own.map((column, i) => keyEquality(key, i, column)).join(' AND ')
    const isGiven = own.map((column) => `${column} IS NOT NULL`).join(' AND ')
    const inTable = `NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${equal})`
    const inLease = refersTo(columns, key) ? ` AND NOT EXISTS (SELECT FROM r p WHERE ${equal})` : ''
    const values = `ARRAY[${own.map((column) => `${column}::text`).join(', ')}]`
    return [
      `SELECT ${n} AS n, 'f' AS kind, ${index} AS which, ${values} AS values FROM r WHERE ${isGiven} AND ${inTable}${inLease}`,
    ]
  })
}

/** A parent may be among the records themselves. */
function refersTo(columns: Column[], key: ForeignKey): boolean {
  return key.self && key.parentColumns.every((name) => columns.some((column) => column.name === name))
}

/**
 * SQL that compares column `i` of a key's parent `p` with a value as the constraint itself does: by its own operator,
 * which may differ from what `=` would find, and on the type that this operator takes.
 */
export function keyEquality(key: ForeignKey, i: number, value: string): string {
  const operand = key.operands[i]
  const child = operand === null ? value : `(${value})::${operand}`
  return `p.${escapeIdentifier(key.parentColumns[i])} ${key.operators[i]} ${child}`
}

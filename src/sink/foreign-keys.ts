import {type ClientBase, escapeIdentifier} from 'pg'
import type {Cause} from '../queue/dead-letter.ts'
import type {ForeignKey, Table} from './catalog.ts'
import type {DecodedLease} from './decoded.ts'
import type {KeyIndex} from './key-index.ts'

/**
 * Rejects the plain records whose parent is missing: one anti-join per foreign key over its distinct values.
 * References to the table itself are left to the constraint, since a parent may stand in the same lease.
 * The constraint stays the judge of all: a parent may be deleted between this and the insert.
 */
export async function rejectMissingParents(
  client: ClientBase,
  table: Table,
  lease: DecodedLease,
): Promise<Set<number>> {
  const rejected = new Set<number>()
  for (let f = 0; f < table.foreignKeys.length; f++) {
    const key = table.foreignKeys[f]
    const keys = lease.keys[f]
    if (key.self || !key.readable || keys.values.length === 0) continue
    const missing = await missingParents(client, table, key, keys)
    if (missing.size === 0) continue
    for (let i = 0; i < keys.ofRecord.length; i += 2) {
      const record = keys.ofRecord[i]
      const value = keys.ofRecord[i + 1]
      if (!missing.has(value) || rejected.has(record)) continue
      rejected.add(record)
      lease.reject(record, missingParent(table, key, keys.values[value]))
    }
  }
  return rejected
}

/** Indexes of the values that have no parent. */
async function missingParents(
  client: ClientBase,
  table: Table,
  key: ForeignKey,
  keys: KeyIndex,
): Promise<Set<number>> {
  const arrays = key.columns.map((_, i) => keys.values.map((value) => value[i]))
  const {rows} = await client.query<{n: string}>(antiJoin(table, key), arrays)
  return new Set(rows.map((row) => Number(row.n) - 1))
}

// $1.. = one text array per column of the key
function antiJoin(table: Table, key: ForeignKey): string {
  const parameters = key.columns.map((_, i) => `$${i + 1}::text[]`).join(', ')
  const names = key.columns.map((_, i) => `v${i}`).join(', ')
  const equal = key.columns.map((column, i) => {
    return `p.${escapeIdentifier(key.parentColumns[i])} = v${i}::${table.columns[column].type}`
  })
  return `SELECT n FROM unnest(${parameters}) WITH ORDINALITY AS v(${names}, n)
WHERE NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${equal.join(' AND ')})`
}

/** In the words of Postgres's own message and detail for 23503. */
export function missingParent(table: Table, key: ForeignKey, values: string[]): Cause {
  const columns = key.columns.map((column) => table.columns[column].name).join(', ')
  return {
    reason: 'foreign_key',
    code: '23503',
    message: `insert or update on table "${table.name}" violates foreign key constraint "${key.name}"`,
    detail: `Key (${columns})=(${values.join(', ')}) is not present in table "${key.parentName}".`,
    constraint: key.name,
  }
}

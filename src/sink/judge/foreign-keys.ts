import type {ClientBase} from 'pg'
import type {Cause} from '../../record/cause.ts'
import type {ForeignKey, Table} from '../catalog/table.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import type {KeyIndex} from '../decode/key-index.ts'
import {keyEquality} from '../write/forecasts.ts'

/**
 * Finds the plain records whose parent seems to be missing, by one anti-join per foreign key over its distinct
 * values. They would fail the whole COPY; the constraint still judges each of them. Keys that refer to the table
 * itself are not checked here, since a parent may be in the same lease.
 */
export async function findOrphans(
  client: ClientBase,
  table: Table,
  lease: DecodedLease,
): Promise<Set<number>> {
  const orphans = new Set<number>()
  for (let f = 0; f < table.foreignKeys.length; f++) {
    const key = table.foreignKeys[f]
    const keys = lease.keys[f]
    if (key.self || !key.readable || keys.values.length === 0) continue
    const missing = await missingParents(client, table, key, keys)
    if (missing.size === 0) continue
    for (let i = 0; i < keys.ofRecord.length; i += 2) {
      if (missing.has(keys.ofRecord[i + 1])) orphans.add(keys.ofRecord[i])
    }
  }
  return orphans
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
  const equal = key.columns.map((column, i) => keyEquality(key, i, `v${i}::${table.columns[column].type}`))
  return `SELECT n FROM unnest(${parameters}) WITH ORDINALITY AS v(${names}, n)
WHERE NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${equal.join(' AND ')})`
}

/** Uses the wording of Postgres's own message and detail for 23503. */
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

import type {ClientBase} from 'pg'
import type {Cause} from '../../record/cause.ts'
import type {ForeignKey, Table} from '../catalog/table.ts'
import type {DecodedLease} from '../decode/decoded.ts'
import {keyEquality} from '../write/forecasts.ts'

/**
 * Finds the plain records whose parent seems to be missing, by one query per foreign key over its distinct values. They
 * would fail the whole COPY; the constraint still judges each of them. Keys that refer to the table itself are not
 * checked here, since a parent may be in the same lease.
 */
export function findOrphans(client: ClientBase, table: Table, lease: DecodedLease): Promise<Set<number>> {
  const mayTell = (key: ForeignKey) => !key.self && key.readable
  return orphansOf(lease, table.foreignKeys, mayTell, (key) => antiJoin(table, key), client)
}

/**
 * The same by locking the parents, so that none of those found can go or change its key before the transaction ends.
 * Only for a table whose foreign keys can be checked for a whole lease at once: see `set-wise/judge.ts`. Where rows then
 * go without triggers, Postgres 18 spends 6.4, 7.2 and 12.3 s of CPU on a million rows with 1, 100 and 100,000 parents;
 * 9.6, 11.9 and 15.8 s row by row; 6.1 to 6.6 s without any foreign key; `npm run bench:keys`.
 */
export function holdParents(client: ClientBase, table: Table, lease: DecodedLease): Promise<Set<number>> {
  return orphansOf(
    lease,
    table.foreignKeys,
    () => true,
    (key) => holdingJoin(table, key),
    client,
  )
}

async function orphansOf(
  lease: DecodedLease,
  foreignKeys: ForeignKey[],
  which: (key: ForeignKey) => boolean,
  sql: (key: ForeignKey) => string,
  client: ClientBase,
): Promise<Set<number>> {
  const orphans = new Set<number>()
  for (const [f, key] of foreignKeys.entries()) {
    const keys = lease.keys[f]
    if (!which(key) || keys.count === 0) continue
    const {rows} = await client.query<{n: string}>(sql(key), [keys.json()])
    const missing = new Set(rows.map((row) => Number(row.n) - 1))
    if (missing.size === 0) continue
    for (let i = 0; i < keys.ofRecord.length; i += 2) {
      if (missing.has(keys.ofRecord[i + 1])) orphans.add(keys.ofRecord[i])
    }
  }
  return orphans
}

/** Numbers of the values without a parent. $1 = a JSON array of values. */
function antiJoin(table: Table, key: ForeignKey): string {
  return `SELECT n FROM ${valuesOf(table, key)} WHERE NOT EXISTS (SELECT FROM ${key.parent} p WHERE ${equality(key)})`
}

/** The same, with the lock that the trigger of a foreign key takes, on the parents that are there. */
function holdingJoin(table: Table, key: ForeignKey): string {
  return `WITH v AS MATERIALIZED (SELECT * FROM ${valuesOf(table, key)}),
held AS MATERIALIZED (SELECT v.n FROM v JOIN ${key.parent} p ON ${equality(key)} FOR KEY SHARE OF p)
SELECT n FROM v EXCEPT SELECT n FROM held`
}

/**
 * The values, as `v`, converted as COPY converts them: a cast from text may do otherwise, e.g. read 1 as a second where
 * the column takes it for a minute.
 */
function valuesOf(table: Table, key: ForeignKey): string {
  const types = key.columns.map((column, i) => `"${i}" ${table.columns[column].type}`)
  const names = key.columns.map((_, i) => `v${i}`)
  return `ROWS FROM (json_to_recordset($1::json) AS (${types.join(', ')})) WITH ORDINALITY AS v(${names.join(', ')}, n)`
}

function equality(key: ForeignKey): string {
  return key.columns.map((_, i) => keyEquality(key, i, `v.v${i}`)).join(' AND ')
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

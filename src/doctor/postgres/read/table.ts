import type {ClientBase} from 'pg'
import {attempt} from '../../../postgres/savepoint.ts'

/** The table that a queue drains into. */
export interface SinkTable {
  /** As it was named; once it is found, `schema.table`, quoted for SQL. */
  name: string
  /** 0 if it does not exist. */
  oid: number
  /** `relkind` of pg_class: `r` table, `p` partitioned, `v` view, `f` foreign table; empty if it does not exist. */
  kind: string
  /** This role may insert into all its columns, or some. */
  mayInsert: boolean
}

const TABLE = `
SELECT format('%I.%I', n.nspname, c.relname) AS name, c.oid::int8::float8 AS oid, c.relkind::text AS kind,
  has_schema_privilege(n.oid, 'USAGE') AND has_any_column_privilege(c.oid, 'INSERT') AS "mayInsert"
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = to_regclass($1)`

/** @param name as written in SQL */
export async function readSinkTable(client: ClientBase, name: string): Promise<SinkTable> {
  const found = await attempt(client, () => client.query<SinkTable>(TABLE, [name]))
  // Class 42 means that the name is not valid, which only older versions take for an error; 42501 is a right
  if (found.error && !/^42(?!501)/.test(found.error.code ?? '')) throw found.error
  const row = found.error ? undefined : found.value.rows[0]
  return row ?? {name, oid: 0, kind: '', mayInsert: false}
}

import type {ClientBase} from 'pg'
import {escapeIdentifier} from 'pg'
import {assertTableName} from './table-name.ts'

/** A table that somebody named. */
export interface ResolvedTable {
  /** As it was written. */
  said: string
  /** Quoted `schema.table`. */
  quoted: string
  /** With its schema, for messages. */
  name: string
  /** The names of all its columns. */
  columns: string[]
}

// $1 = names of tables as written in SQL
const RESOLVE = `
SELECT said, n.nspname::text AS schema, c.relname::text AS name, ARRAY(SELECT a.attname::text FROM pg_attribute a
  WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum) AS columns
FROM unnest($1::text[]) AS said JOIN pg_class c ON c.oid = to_regclass(said) JOIN pg_namespace n ON n.oid = c.relnamespace`

/** What names mean; those that mean no table are left out. @throws QtoolError (usage) for what is no name */
export async function resolveTables(client: ClientBase, names: readonly string[]): Promise<ResolvedTable[]> {
  for (const name of names) assertTableName(name)
  const {rows} = await client.query<{said: string; schema: string; name: string; columns: string[]}>(
    RESOLVE,
    [[...new Set(names)]],
  )
  return rows.map(({said, schema, name, columns}) => ({
    said,
    columns,
    quoted: `${escapeIdentifier(schema)}.${escapeIdentifier(name)}`,
    name: `${schema}.${name}`,
  }))
}

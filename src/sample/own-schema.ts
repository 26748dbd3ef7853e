import type {PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {migrate} from './migrate.ts'

/** A schema that a demo creates from scratch each time. */
export interface OwnSchema {
  name: string
  /** Its tables. */
  tables: readonly string[]
  /** SQL that makes them, in the schema. */
  sql: string
}

/** Re-creates a schema, and creates qtool's own if needed. @throws QtoolError (refused) if it holds other tables */
export async function resetSchema(client: PoolClient, {name, tables, sql}: OwnSchema): Promise<void> {
  await migrate(client, {sample: false})
  await assertOwn(client, name, tables)
  await client.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`)
  await client.query(`BEGIN; CREATE SCHEMA ${name}; SET LOCAL search_path = ${name}; ${sql}; COMMIT`)
}

async function assertOwn(client: PoolClient, name: string, tables: readonly string[]): Promise<void> {
  // $1 = schema, $2 = names of tables
  const {rows} = await client.query<{table: string}>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND NOT c.relname = ANY ($2)`,
    [name, tables],
  )
  if (rows.length === 0) return
  throw new QtoolError(
    `the demo would drop the schema ${name}, but ${rows[0].table} in it is not the demo's`,
    {
      code: 'FOREIGN_TABLE',
      kind: 'refused',
      suggestions: ['move that table to another schema, or use another database with DATABASE_URL'],
    },
  )
}

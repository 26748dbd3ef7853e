import type {PoolClient} from 'pg'
import {QtoolError} from '../errors.ts'
import {migrate} from './migrate.ts'
import {SAMPLE_TABLES} from './sample.ts'

/** The schema of the demo. */
export const DEMO_SCHEMA = 'qtool_demo'

/** Makes the sample tables anew in the schema of the demo. @throws QtoolError (refused) if it holds other tables */
export async function resetDemoSchema(client: PoolClient): Promise<void> {
  await migrate(client, {sample: false})
  await assertOwnSchema(client)
  await client.query(`DROP SCHEMA IF EXISTS ${DEMO_SCHEMA} CASCADE`)
  await client.query(
    `BEGIN; CREATE SCHEMA ${DEMO_SCHEMA}; SET LOCAL search_path = ${DEMO_SCHEMA}; ${SAMPLE_TABLES}; COMMIT`,
  )
}

/** @throws QtoolError (refused) if the schema, which is about to be dropped, holds somebody else's tables */
async function assertOwnSchema(client: PoolClient): Promise<void> {
  // $1 = schema
  const {rows} = await client.query<{table: string}>(
    `SELECT format('%I.%I', n.nspname, c.relname) AS table
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relname NOT IN ('flights', 'live_track_points')`,
    [DEMO_SCHEMA],
  )
  if (rows.length === 0) return
  throw new QtoolError(
    `the demo would drop the schema ${DEMO_SCHEMA}, but ${rows[0].table} in it is not the demo's`,
    {
      code: 'FOREIGN_TABLE',
      kind: 'refused',
      suggestions: ['move that table to another schema, or use another database with DATABASE_URL'],
    },
  )
}

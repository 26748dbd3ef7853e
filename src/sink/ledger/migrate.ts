import type {ClientBase} from 'pg'
import {ledgerBytes, ledgerSplits, ledgerTable} from './first-steps.ts'

/** One step of the schema. A released step never changes; later steps follow it. */
interface Migration {
  id: number
  name: string
  sql: (schema: string) => string
}

const MIGRATIONS: Migration[] = [
  {
    id: 1,
    name: 'the ledger of applied leases',
    sql: ledgerTable,
  },
  // 2 made the sample tables, which belong to `migrate --sample`
  {id: 3, name: 'splits and postponed records in the ledger', sql: ledgerSplits},
  {
    id: 4,
    name: 'texts of any encoding and the Redis they come from in the ledger',
    sql: ledgerBytes,
  },
  {
    id: 5,
    name: 'suppressed records in the ledger',
    sql: (schema) =>
      `ALTER TABLE ${schema}.applied_lease ADD COLUMN IF NOT EXISTS suppressed integer NOT NULL DEFAULT 0`,
  },
  {
    id: 6,
    name: 'updated and superseded records in the ledger',
    sql: (schema) =>
      `ALTER TABLE ${schema}.applied_lease ADD COLUMN IF NOT EXISTS updated integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS superseded integer NOT NULL DEFAULT 0`,
  },
  {
    id: 7,
    name: 'deletes in the ledger',
    sql: (schema) =>
      `ALTER TABLE ${schema}.applied_lease ADD COLUMN IF NOT EXISTS deleted integer NOT NULL DEFAULT 0,
  ADD COLUMN IF NOT EXISTS already_gone integer NOT NULL DEFAULT 0`,
  },
]

/** SQL that creates a complete ledger in an empty `schema`: all steps in order. */
export function ledgerSql(schema: string): string {
  return MIGRATIONS.map(({sql}) => sql(schema)).join('; ')
}

/** Key of the advisory lock that makes concurrent migrations run one after the other. Any constant will do. */
const LOCK = 7_465_111

/**
 * Brings qtool's own schema up to date, then runs `also` in the same transaction: all of it, or nothing.
 * @returns the names of the steps that were missing, and what `also` returned
 */
export async function migrateLedger<T>(
  client: ClientBase,
  also: (client: ClientBase) => Promise<T>,
): Promise<{applied: string[]; also: T}> {
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const applied = await applyMissing(client)
    const result = await also(client)
    await client.query('COMMIT')
    return {applied, also: result}
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

async function applyMissing(client: ClientBase): Promise<string[]> {
  await makeMissing(client)
  const done = await client.query<{id: number}>('SELECT id FROM qtool.migration')
  const known = new Set(done.rows.map((row) => row.id))
  const missing = MIGRATIONS.filter((migration) => !known.has(migration.id))
  for (const {id, name, sql} of missing) {
    await client.query(sql('qtool'))
    await client.query('INSERT INTO qtool.migration (id, name) VALUES ($1, $2)', [id, name])
  }
  return missing.map((migration) => migration.name)
}

/** Postgres wants the right to create also for what is there already, even with IF NOT EXISTS. */
async function makeMissing(client: ClientBase): Promise<void> {
  const {rows} = await client.query<{schema: boolean; table: boolean}>(
    `SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'qtool') AS schema,
  EXISTS (SELECT FROM pg_class WHERE relname = 'migration' AND relnamespace = to_regnamespace('qtool')) AS table`,
  )
  const [found] = rows
  if (!found.schema) await client.query('CREATE SCHEMA qtool')
  if (found.table) return
  await client.query(`CREATE TABLE qtool.migration (
    id integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
}

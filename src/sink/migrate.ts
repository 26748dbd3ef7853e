import type {ClientBase} from 'pg'
import {ledgerBytes, ledgerSplits, ledgerTable} from './ledger.ts'

/** One step of the schema; never changed once released, only followed by others. */
interface Migration {
  id: number
  name: string
  sql: string
}

/** The sample schema, made in the schema that comes first on the search path. */
export const SAMPLE_TABLES = `
CREATE TABLE IF NOT EXISTS flights (
  id uuid PRIMARY KEY,
  flight_id text NOT NULL,
  pilot_name text,
  source text,
  device_id text,
  created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS live_track_points (
  flight_uuid uuid NOT NULL REFERENCES flights ON DELETE CASCADE,
  flight_id text NOT NULL,
  datetime timestamptz NOT NULL,
  lat double precision NOT NULL,
  lon double precision NOT NULL,
  elevation double precision,
  barometric_altitude double precision,
  device_id text,
  UNIQUE (flight_id, lat, lon, datetime)
)`

const MIGRATIONS: Migration[] = [
  {
    id: 1,
    name: 'the ledger of applied leases',
    sql: ledgerTable('qtool'),
  },
  {id: 2, name: 'the sample tables flights and live_track_points', sql: SAMPLE_TABLES},
  {id: 3, name: 'splits and postponed records in the ledger', sql: ledgerSplits('qtool')},
  {
    id: 4,
    name: 'texts of any encoding and the Redis they come from in the ledger',
    sql: ledgerBytes('qtool'),
  },
]

/** Holds of this lock wait for each other: two migrations at once run one after the other. Any constant will do. */
const LOCK = 7_465_111

/** Brings the schema up to date. @returns the names of the steps that were missing */
export async function migrate(client: ClientBase): Promise<string[]> {
  await client.query('BEGIN')
  try {
    await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    await client.query('CREATE SCHEMA IF NOT EXISTS qtool')
    await client.query(`CREATE TABLE IF NOT EXISTS qtool.migration (
      id integer PRIMARY KEY, name text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`)
    const done = await client.query<{id: number}>('SELECT id FROM qtool.migration')
    const known = new Set(done.rows.map((row) => row.id))
    const missing = MIGRATIONS.filter((migration) => !known.has(migration.id))
    for (const {id, name, sql} of missing) {
      await client.query(sql)
      await client.query('INSERT INTO qtool.migration (id, name) VALUES ($1, $2)', [id, name])
    }
    await client.query('COMMIT')
    return missing.map((migration) => migration.name)
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {})
    throw error
  }
}

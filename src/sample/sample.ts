import type {ClientBase} from 'pg'
import {QtoolError} from '../errors.ts'

/** Columns of the table of flights. */
export const FLIGHT_COLUMNS = `
  id uuid PRIMARY KEY,
  flight_id text NOT NULL,
  pilot_name text,
  source text,
  device_id text,
  created_at timestamptz NOT NULL DEFAULT now()`

/** Columns of the table of their points, without its unique key. */
export const POINT_COLUMNS = `
  flight_uuid uuid NOT NULL REFERENCES flights ON DELETE CASCADE,
  flight_id text NOT NULL,
  datetime timestamptz NOT NULL,
  lat double precision NOT NULL,
  lon double precision NOT NULL,
  elevation double precision,
  barometric_altitude double precision,
  device_id text`

/** The key of the table of points. */
export const POINT_KEY = '(flight_id, lat, lon, datetime)'

/** The sample schema, made in the schema that comes first on the search path. */
export const SAMPLE_TABLES = `
CREATE TABLE IF NOT EXISTS flights (${FLIGHT_COLUMNS}
);
CREATE TABLE IF NOT EXISTS live_track_points (${POINT_COLUMNS},
  UNIQUE ${POINT_KEY}
)`

const NAMES = ['flights', 'live_track_points']

/** The table comment by which qtool recognises a table that it created. */
const MARK = 'sample table of qtool'

/** Names of the sample tables. */
export interface SampleResult {
  created: string[]
  alreadyThere: string[]
}

/**
 * Creates the missing sample tables inside the caller's transaction. A table of the same name that qtool did not
 * create is left alone.
 * @throws QtoolError `FOREIGN_TABLE` if there is such a table
 */
export async function makeSampleTables(client: ClientBase): Promise<SampleResult> {
  // $1 = names, $2 = mark
  const {rows} = await client.query<{name: string; table: string; own: boolean}>(
    `SELECT c.relname AS name, format('%I.%I', n.nspname, c.relname) AS table,
  coalesce(obj_description(c.oid, 'pg_class') = $2, false) AS own
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = current_schema() AND c.relname = ANY($1)`,
    [NAMES, MARK],
  )
  const foreign = rows.find(({own}) => !own)
  if (foreign) {
    throw new QtoolError(`table ${foreign.table} already exists, and qtool did not create it`, {
      code: 'FOREIGN_TABLE',
      kind: 'refused',
      suggestions: [
        'use another database for the sample tables',
        'or a schema for them: add ?options=-c%20search_path%3DSCHEMA to the Postgres URL',
      ],
    })
  }
  const alreadyThere = rows.map(({name}) => name)
  const created = NAMES.filter((name) => !alreadyThere.includes(name))
  // Needs the right to create, also if nothing is missing
  if (created.length > 0) await client.query(SAMPLE_TABLES)
  for (const name of created) await client.query(`COMMENT ON TABLE ${name} IS '${MARK}'`)
  return {created, alreadyThere: NAMES.filter((name) => alreadyThere.includes(name))}
}

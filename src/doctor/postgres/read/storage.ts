import type {ClientBase} from 'pg'
import {TREE} from './table.ts'

/** How one table, or a partition, is kept. */
export interface Storage {
  /** Quoted `schema.table`. */
  name: string
  /** Dead tuples, as the statistics estimate them. */
  dead: number
  /** Dead tuples from which on autovacuum cleans it. */
  deadLimit: number
  /** Autovacuum takes care of it. */
  isVacuumed: boolean
  /** ms since the last vacuum, by whomever; null if there was none. */
  vacuumedMs: number | null
  /** Age of its oldest transaction id. */
  xidAge: number
}

const option = (name: string) =>
  `(SELECT option_value FROM pg_options_to_table(c.reloptions) WHERE option_name = '${name}')`

/** A setting of the table, or else of the server; null if this Postgres does not have it. */
const setting = (name: string) => `COALESCE(${option(name)}, current_setting('${name}', true))::float8`

// The greatest threshold is new in Postgres 18; -1 means none
const STORAGE = `
WITH RECURSIVE ${TREE}
SELECT format('%I.%I', s.schemaname, s.relname) AS name, s.n_dead_tup::float8 AS dead, age(c.relfrozenxid)::float8 AS "xidAge",
  LEAST(NULLIF(${setting('autovacuum_vacuum_max_threshold')}, -1), ${setting('autovacuum_vacuum_threshold')}
    + ${setting('autovacuum_vacuum_scale_factor')} * GREATEST(c.reltuples, 0)) AS "deadLimit",
  current_setting('autovacuum')::boolean AND COALESCE(${option('autovacuum_enabled')}::boolean, true) AS "isVacuumed",
  round(extract(epoch FROM clock_timestamp() - GREATEST(s.last_vacuum, s.last_autovacuum)) * 1000)::float8 AS "vacuumedMs"
FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_stat_all_tables s ON s.relid = c.oid
WHERE c.relkind = 'r' ORDER BY 1`

export async function readStorage(client: ClientBase, oid: number): Promise<Storage[]> {
  return (await client.query<Storage>(STORAGE, [oid])).rows
}

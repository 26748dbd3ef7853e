import type {ClientBase} from 'pg'
import {treeOf} from '../../../sink/catalog/tree.ts'

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

/*
 * The greatest threshold is new in Postgres 18; -1 means none. The functions behind pg_stat_all_tables are asked, because
 * the view would count through all tables of the database.
 */
const STORAGE = `
WITH RECURSIVE ${treeOf('$1::oid')}
SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_stat_get_dead_tuples(c.oid)::float8 AS dead, age(c.relfrozenxid)::float8 AS "xidAge",
  LEAST(NULLIF(${setting('autovacuum_vacuum_max_threshold')}, -1), ${setting('autovacuum_vacuum_threshold')}
    + ${setting('autovacuum_vacuum_scale_factor')} * GREATEST(c.reltuples, 0)) AS "deadLimit",
  current_setting('autovacuum')::boolean AND COALESCE(${option('autovacuum_enabled')}::boolean, true) AS "isVacuumed",
  round(extract(epoch FROM clock_timestamp() - GREATEST(pg_stat_get_last_vacuum_time(c.oid),
    pg_stat_get_last_autovacuum_time(c.oid))) * 1000)::float8 AS "vacuumedMs"
FROM tree JOIN pg_class c ON c.oid = tree.oid JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind = 'r' ORDER BY 1`

export async function readStorage(client: ClientBase, oid: number): Promise<Storage[]> {
  return (await client.query<Storage>(STORAGE, [oid])).rows
}

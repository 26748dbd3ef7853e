import type {ClientBase} from 'pg'

/** What the database has done since its statistics began. */
export interface Activity {
  /** ms; at most so long ago, so that a rate is never overstated. Null if it is not known. */
  sinceMs: number | null
  commits: number
  rollbacks: number
  deadlocks: number
  /** Pages found in the cache of Postgres. */
  hits: number
  /** Pages read from the system. */
  reads: number
}

/*
 * The statistics of a database that were never reset began with those of the server, or later. Of the server's, the
 * oldest counts: each kind can be reset alone.
 */
const ACTIVITY = `
SELECT round(extract(epoch FROM clock_timestamp() - COALESCE(d.stats_reset,
    LEAST(b.stats_reset, a.stats_reset, w.stats_reset))) * 1000)::float8 AS "sinceMs",
  d.xact_commit::float8 AS commits, d.xact_rollback::float8 AS rollbacks, d.deadlocks::float8 AS deadlocks,
  d.blks_hit::float8 AS hits, d.blks_read::float8 AS reads
FROM pg_stat_database d, pg_stat_bgwriter b, pg_stat_archiver a, pg_stat_wal w WHERE d.datname = current_database()`

export async function readActivity(client: ClientBase): Promise<Activity> {
  return (await client.query<Activity>(ACTIVITY)).rows[0]
}

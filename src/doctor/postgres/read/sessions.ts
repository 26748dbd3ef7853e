import type {ClientBase} from 'pg'
import {commandSql} from './command.ts'

/** Another session of the database that runs a statement, or has a transaction open. */
export interface Session {
  pid: number
  role: string
  isIdle: boolean
  /** How long it has run its statement, or has been idle in its transaction. */
  ms: number
  /** First words of its last statement, without values; null if it begins otherwise. */
  command: string | null
}

export interface Sessions {
  /** The longest first, at most 20 of each kind. */
  seen: Session[]
  /** Sessions of other roles, of which this role may not see what they do. */
  hidden: number
}

const SESSIONS = `
WITH ranked AS (
  SELECT pid, usename::text AS role, state <> 'active' AS is_idle, ${commandSql('query')} AS command,
    round(extract(epoch FROM clock_timestamp() - CASE state WHEN 'active' THEN query_start ELSE state_change END)
      * 1000)::float8 AS ms
  FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
    AND backend_type = 'client backend' AND state IN ('active', 'idle in transaction', 'idle in transaction (aborted)')),
numbered AS (SELECT *, row_number() OVER (PARTITION BY is_idle ORDER BY ms DESC) AS n FROM ranked)
SELECT pid, role, is_idle AS "isIdle", ms, command FROM numbered WHERE n <= 20 ORDER BY ms DESC`

const HIDDEN = `
SELECT count(*)::int AS hidden FROM pg_stat_activity
WHERE datname = current_database() AND usesysid IS NOT NULL AND state IS NULL AND backend_type IS NULL`

export async function readSessions(client: ClientBase): Promise<Sessions> {
  const {rows: seen} = await client.query<Session>(SESSIONS)
  const {rows} = await client.query<{hidden: number}>(HIDDEN)
  return {seen, hidden: rows[0].hidden}
}

import type {ClientBase} from 'pg'

/** One limit of connections, and how many there are. */
export interface ConnectionLimit {
  /** Who sets it. */
  of: 'server' | 'database' | 'role'
  used: number
  /** Without those that are reserved for superusers and for other roles. */
  limit: number
}

export interface Connections {
  /** Those that apply to this role. */
  limits: ConnectionLimit[]
  /** Open connections of this role that are qtool's, without the one that asks. */
  qtool: number
}

/*
 * Whoever may not see the sessions of other roles does not see their kind, so that parallel workers count, too. The
 * limits of a database and of a role do not apply to superusers.
 */
const CONNECTIONS = `
WITH client AS (
  SELECT pid, datname, usename, application_name FROM pg_stat_activity
  WHERE datid IS NOT NULL AND usesysid IS NOT NULL AND COALESCE(backend_type, 'client backend') = 'client backend'),
used AS (
  SELECT count(*)::int AS server, (count(*) FILTER (WHERE datname = current_database()))::int AS database,
    (count(*) FILTER (WHERE usename = current_user))::int AS role,
    (count(*) FILTER (WHERE usename = current_user AND application_name = 'qtool'
      AND pid <> pg_backend_pid()))::int AS qtool
  FROM client)
SELECT used.*, current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - COALESCE(current_setting('reserved_connections', true), '0')::int AS "serverLimit",
  CASE WHEN NOT r.rolsuper THEN NULLIF(d.datconnlimit, -1) END AS "databaseLimit",
  CASE WHEN NOT r.rolsuper THEN NULLIF(r.rolconnlimit, -1) END AS "roleLimit"
FROM used, pg_roles r, pg_database d WHERE r.rolname = current_user AND d.datname = current_database()`

interface Row {
  server: number
  database: number
  role: number
  qtool: number
  serverLimit: number
  databaseLimit: number | null
  roleLimit: number | null
}

export async function readConnections(client: ClientBase): Promise<Connections> {
  const {rows} = await client.query<Row>(CONNECTIONS)
  const [row] = rows
  const all = [
    {of: 'server', used: row.server, limit: row.serverLimit},
    {of: 'database', used: row.database, limit: row.databaseLimit},
    {of: 'role', used: row.role, limit: row.roleLimit},
  ] as const
  return {qtool: row.qtool, limits: all.flatMap(({limit, ...one}) => (limit === null ? [] : {...one, limit}))}
}

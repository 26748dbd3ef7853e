import type {ClientBase} from 'pg'
import {readPostgresSettings} from '../../../health/postgres-settings.ts'

/** Who was asked, by whom, and how the server is set. */
export interface PostgresServer {
  /** e.g. `17.10`. */
  version: string
  /** e.g. 17. */
  major: number
  database: string
  /** The role that asked, quoted for SQL. */
  role: string
  isSuperuser: boolean
  /** It may see what the sessions of other roles do, as members of `pg_monitor` may. */
  readsStatistics: boolean
  /** A connection pooler such as PgBouncer is in between. */
  isPooled: boolean
  isStandby: boolean
  /** As this role sees them, e.g. `fsync`: `on`; with their units. */
  settings: Partial<Record<SettingName, string>>
}

const SETTINGS = [
  'default_transaction_isolation',
  'default_transaction_read_only',
  'fsync',
  'full_page_writes',
  'max_wal_size',
  'synchronous_commit',
  'synchronous_standby_names',
] as const

export type SettingName = (typeof SETTINGS)[number]

const SERVER = `
SELECT current_setting('server_version_num')::int / 10000 AS major, current_database() AS database,
  quote_ident(current_user) AS role, rolsuper AS "isSuperuser", pg_is_in_recovery() AS "isStandby",
  pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS "readsStatistics", pg_backend_pid() AS pid
FROM pg_roles WHERE rolname = current_user`

export async function readServer(client: ClientBase): Promise<PostgresServer> {
  const {rows} = await client.query<Omit<PostgresServer, 'version' | 'settings'> & {pid: number}>(SERVER)
  const {pid, ...server} = rows[0]
  const {version, settings} = await readPostgresSettings(client, SETTINGS)
  // A pooler gives its clients process ids of its own
  const {processID} = client as {processID?: number | null}
  return {...server, version, settings, isPooled: processID !== pid}
}

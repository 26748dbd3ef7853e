import type {ClientBase} from 'pg'
import type {ServerFacts} from './redis-settings.ts'

/** $1 = names; returns values with their units, as SHOW does. */
const SETTINGS_QUERY =
  'SELECT name, current_setting(name) AS value FROM pg_settings WHERE name = ANY($1) ORDER BY name'

/** The version of a Postgres server and some of its settings. */
export async function readPostgresSettings(
  client: ClientBase,
  names: readonly string[],
): Promise<ServerFacts> {
  const {rows} = await client.query<{name: string; value: string}>(SETTINGS_QUERY, [
    ['server_version', ...names],
  ])
  const {server_version: version, ...settings} = Object.fromEntries(
    rows.map(({name, value}) => [name, value]),
  )
  // The distribution appends its own build name
  return {version: version?.split(' ')[0] ?? 'unknown', settings}
}

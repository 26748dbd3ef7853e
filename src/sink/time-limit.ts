import type {ClientBase} from 'pg'

/** Part of the time after which the driver gives a statement up: the server is to be first. */
const PART = 0.8

// $1 = ms; a limit that the role or the database has set stays where it is shorter
const LIMIT = `
SELECT set_config('statement_timeout', CASE WHEN ms BETWEEN 1 AND $1 THEN ms ELSE $1 END::text, true)
FROM (SELECT setting::int AS ms FROM pg_settings WHERE name = 'statement_timeout') s`

/**
 * Lets Postgres itself end a statement of this transaction that takes too long. Where the driver gives it up, the
 * connection goes with it, and nobody learns which record it was.
 */
export async function limitStatements(client: ClientBase): Promise<void> {
  const {connectionParameters} = client as {connectionParameters?: {query_timeout?: number | string}}
  const ms = Number(connectionParameters?.query_timeout)
  if (ms > 0) await client.query(LIMIT, [Math.ceil(ms * PART)])
}

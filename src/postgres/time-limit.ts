import type {ClientBase} from 'pg'

/** Fraction of the driver's own timeout, so that the server ends a statement first. */
const PART = 0.8

// $1 = ms; a shorter limit set for the role or the database stays in force
const LIMIT = `
SELECT set_config('statement_timeout', CASE WHEN ms BETWEEN 1 AND $1 THEN ms ELSE $1 END::text, true)
FROM (SELECT setting::int AS ms FROM pg_settings WHERE name = 'statement_timeout') s`

/**
 * Lets Postgres itself end a statement of this transaction that takes too long. If the driver timed out instead, the
 * connection would be lost, and with it the knowledge of which record caused it.
 */
export async function limitStatements(client: ClientBase): Promise<void> {
  const {connectionParameters} = client as {connectionParameters?: {query_timeout?: number | string}}
  const ms = Number(connectionParameters?.query_timeout)
  if (ms > 0) await client.query(LIMIT, [Math.ceil(ms * PART)])
}

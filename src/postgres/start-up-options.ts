import type {ClientBase} from 'pg'
import {QtoolError} from '../errors.ts'

/** `-c name=value` and `--name=value`; a blank in a value is written with a backslash. */
const SETTING = /(?:^|\s)(?:-c\s*|--)([\w.-]+)=/g

const LOST = `SELECT name FROM pg_catalog.pg_settings
WHERE lower(name) = ANY($1) AND source NOT IN ('client', 'session')`

/** What to do if PgBouncer lets no start-up options through. */
export const INSTEAD_OF_OPTIONS = 'set it for the role instead: ALTER ROLE … SET …'

/**
 * Checks that start-up options are in force. PgBouncer with `ignore_startup_parameters = options` accepts and drops
 * them, so that qtool might use another search_path, and other tables, than the URL names.
 * @param options of the URL or PGOPTIONS
 * @throws QtoolError (connect) if the session does not have them
 */
export async function assertOptionsArrived(client: ClientBase, options: string | undefined): Promise<void> {
  const names = [...(options ?? '').matchAll(SETTING)].map(([, name]) =>
    name.replaceAll('-', '_').toLowerCase(),
  )
  if (names.length === 0) return
  const {rows} = await client.query<{name: string}>(LOST, [names])
  if (rows.length === 0) return
  throw new QtoolError(
    `${rows.map(({name}) => name).join(', ')} of the Postgres URL or PGOPTIONS did not reach the session: a PgBouncer drops start-up options`,
    {code: 'OPTIONS_LOST', kind: 'connect', suggestions: [INSTEAD_OF_OPTIONS]},
  )
}

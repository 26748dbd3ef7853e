import {parsePostgresUrl} from './postgres-url.ts'

/** Parameters of a URL that libpq takes under another name in the environment. */
const VARIABLES: Record<string, string> = {
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  sslnegotiation: 'PGSSLNEGOTIATION',
  channel_binding: 'PGCHANNELBINDING',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  options: 'PGOPTIONS',
  passfile: 'PGPASSFILE',
  application_name: 'PGAPPNAME',
}

/** The variables by which psql and other programs of libpq reach the server of a URL. @throws QtoolError (usage) */
export function postgresClientEnv(url: string): Record<string, string> {
  const {host, port, user, password, database, parameters} = parsePostgresUrl(url)
  const found: Array<[string, string | undefined]> = [
    ['PGHOST', host],
    ['PGPORT', port?.toString()],
    ['PGUSER', user],
    ['PGPASSWORD', password],
    ['PGDATABASE', database],
    ...Object.entries(VARIABLES).map(([name, variable]): [string, string | undefined] => [
      variable,
      parameters[name],
    ]),
  ]
  return Object.fromEntries(found.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

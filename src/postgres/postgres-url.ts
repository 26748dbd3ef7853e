import {isAmbiguous, maskUrl} from '../config/secrets.ts'
import {type QtoolError, usageError} from '../errors.ts'

/** The parts of a Postgres URL. Missing ones come from libpq's environment variables, else from the driver. */
export interface PostgresTarget {
  /** Begins with / for the folder of a Unix socket. */
  host?: string
  port?: number
  user?: string
  password?: string
  database?: string
  /** The other parameters of the query: name → value. */
  parameters: Record<string, string>
}

const PARTS =
  /^postgres(?:ql)?:\/\/(?:(.*)@)?(\[[\da-f:.%]+\]|[^@/?:,]*)(?::(\d*))?(?:\/([^?]*))?(?:\?(.*))?$/is

/**
 * Parses `postgres://user:password@host:port/database?name=value` as libpq does, or `/folder database` for a Unix
 * socket. See https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS
 * @throws QtoolError (usage), never with the password in it
 */
export function parsePostgresUrl(url: string): PostgresTarget {
  const [, folder, name] = /^(\/\S*)(?: (\S+))?$/.exec(url) ?? []
  if (folder) return {host: folder, database: name, parameters: {}}
  const parts = isAmbiguous(url) ? null : PARTS.exec(url)
  if (!parts) throw badUrl(url)
  const [, login, host, port, path, query] = parts
  const {user, password, dbname, ...parameters} = readQuery(url, query)
  const {host: hostInQuery, port: portInQuery, ...others} = parameters
  const colon = login?.indexOf(':') ?? -1
  return {
    host: hostInQuery || decode(url, host.replace(/^\[(.*)\]$/, '$1')),
    port: readPort(portInQuery || port),
    user: user || decode(url, colon < 0 ? login : login.slice(0, colon)),
    password: password || (colon < 0 ? undefined : decode(url, login.slice(colon + 1))),
    database: dbname || decode(url, path),
    parameters: others,
  }
}

/** @param from where the port comes from, for the message @throws QtoolError (usage) */
export function readPort(text: string | undefined, from = 'the Postgres URL'): number | undefined {
  if (!text) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port >= 1 && port <= 65_535) return port
  throw usageError(`expected the port in ${from} to be a number from 1 to 65535, got ${JSON.stringify(text)}`)
}

/** As in libpq, the last value of a name counts, and + does not mean a blank. */
function readQuery(url: string, query = ''): Record<string, string> {
  const pairs = query.split('&').filter(Boolean)
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name, value = ''] = pair.split(/=(.*)/s, 2)
      return [decode(url, name) ?? '', decode(url, value) ?? '']
    }),
  )
}

/** @returns undefined if `text` is empty or missing */
function decode(url: string, text: string | undefined): string | undefined {
  if (!text) return undefined
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUrl(url)
  }
}

function badUrl(url: string): QtoolError {
  const [authority] = url.replace(/^[a-z]+:\/\/(.*@)?/is, '').split(/[/?]/, 1)
  const advice = /^\w+=/.test(url)
    ? 'write key=value settings as a URL'
    : authority.includes(',')
      ? 'give a single host; several are not supported'
      : 'write characters such as / ? # @ % of a password percent-encoded: / is %2F, @ is %40, % is %25'
  return usageError(
    `expected a Postgres URL such as postgres://user:password@host:5432/database, got ${JSON.stringify(maskUrl(url))}`,
    advice,
  )
}

import pg from 'pg'
import {maskSecrets} from '../config/secrets.ts'
import {messageOf, QtoolError} from '../errors.ts'

export interface PoolOptions {
  /** Most connections. */
  max: number
  /** A statement that takes longer is given up and its connection destroyed; a half-open socket would hang for ever. */
  queryTimeoutMs?: number
}

const CONNECT_MS = 5000
const QUERY_MS = 120_000

/**
 * A pool for the time of `use`, closed on every path. Timestamps without an offset are UTC in every session.
 * @throws QtoolError `CONNECT` where the server cannot be reached; driver errors are translated once, here.
 */
export async function withPool<T>(
  url: string,
  options: PoolOptions,
  use: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const pool = new pg.Pool({
    connectionString: url,
    max: options.max,
    application_name: 'qtool',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: options.queryTimeoutMs ?? QUERY_MS,
    keepAlive: true,
    options: '-c TimeZone=UTC -c DateStyle=ISO',
  })
  // An idle connection that breaks is thrown away by the pool; the next query gets a new one or an error.
  pool.on('error', () => {})
  try {
    return await use(pool)
  } catch (error) {
    throw translate(error, url)
  } finally {
    await pool.end().catch(() => {})
  }
}

/** SQLSTATEs with one right answer. */
const ANSWERS: Record<string, string> = {
  '28P01': 'check user and password of the Postgres URL',
  '28000': 'check user and database in pg_hba.conf',
  '3D000': 'create the database, or name another one in the URL',
  '3F000': 'qtool migrate creates the schema of qtool and the sample tables',
  '42P01': 'qtool migrate creates the tables of qtool and the sample tables',
  '42501': 'grant this role what the message says, or name another role in the URL',
  '53300': 'lower --workers, or raise max_connections',
}

function translate(error: unknown, url: string): unknown {
  if (!(error instanceof Error) || error instanceof QtoolError) return error
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const answer = ANSWERS[code]
  if (answer) {
    const kind = code.startsWith('28') || code === '3D000' || code === '53300' ? 'connect' : 'failure'
    return new QtoolError(error.message, {code, kind, suggestions: [answer], cause: error})
  }
  if (
    !/^(ECONN|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|EPIPE|57P|08)/.test(code) &&
    !/terminated|timeout/i.test(error.message)
  ) {
    return error
  }
  return new QtoolError(`cannot reach Postgres at ${maskSecrets(url)}: ${messageOf(error)}`, {
    code: 'CONNECT',
    kind: 'connect',
    suggestions: ['check the URL and that the server runs', 'qtool up starts a local Redis and Postgres'],
    cause: error,
  })
}

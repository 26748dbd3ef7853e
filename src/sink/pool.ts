import {Socket} from 'node:net'
import pg from 'pg'
import {parse} from 'pg-connection-string'
import {maskSecrets} from '../config/secrets.ts'
import {messageOf, usageError} from '../errors.ts'
import {translatePostgresError} from './driver-error.ts'

export interface PoolOptions {
  /** Most connections. */
  max: number
  /** A statement that takes longer is given up and its connection destroyed; a half-open socket would hang for ever. */
  queryTimeoutMs?: number
  /**
   * A transaction whose client says nothing for so long is ended by the server: a worker that stands still would
   * hold back whoever took its lease over, at the ledger. Not through PgBouncer, which refuses the setting.
   */
  idleInTransactionMs?: number
}

const CONNECT_MS = 5000
const QUERY_MS = 120_000

/** A server that is told good-bye hangs up within; a half-open socket never would, and keeps the process alive. */
const HANG_UP_MS = 2000

/** Timestamps without an offset are UTC, and dates are read and written one way, in every session. */
const SESSION = {TimeZone: 'UTC', DateStyle: 'ISO'}

/**
 * A pool for the time of `use`, closed on every path.
 * @throws QtoolError `CONNECT` where the server cannot be reached; driver errors are translated once, here.
 */
export async function withPool<T>(
  url: string,
  options: PoolOptions,
  use: (pool: pg.Pool) => Promise<T>,
): Promise<T> {
  const {config, server} = poolConfig(url, options)
  const sockets = new Set<Socket>()
  const pool = new pg.Pool({...config, stream: () => keptIn(sockets)})
  // An idle connection that breaks is thrown away by the pool; the next query gets a new one or an error.
  pool.on('error', () => {})
  // One in use has no listener but ours: without it a connection that the server ends would end this process
  pool.on('connect', (client) => client.on('error', () => {}))
  try {
    return await use(pool)
  } catch (error) {
    throw translatePostgresError(error, server)
  } finally {
    const hangUp = () => {
      for (const socket of sockets) socket.destroy()
    }
    // Nobody waits for it: where all sockets are closed the process may end before
    setTimeout(hangUp, HANG_UP_MS).unref()
    await pool.end().catch(() => {})
  }
}

/** A socket for the driver, in the set for as long as it is open. */
function keptIn(sockets: Set<Socket>): Socket {
  const socket = new Socket()
  sockets.add(socket)
  return socket.once('close', () => sockets.delete(socket))
}

/**
 * Options of the pool, and the server's name for messages. `?pgbouncer=true` in the URL is for PgBouncer, which
 * refuses start-up options: the session is then set up by a statement, which PgBouncer tracks for each client.
 */
export function poolConfig(url: string, options: PoolOptions): {config: pg.PoolConfig; server: string} {
  const parsed = parseUrl(url)
  const {pgbouncer, options: ofUrl, ...rest} = parsed
  const settings = Object.entries(SESSION)
  const idle = options.idleInTransactionMs
  const limits: Array<[string, string]> = idle ? [['idle_in_transaction_session_timeout', `${idle}ms`]] : []
  const startUp = [...settings, ...limits].map(([name, value]) => `-c ${name}=${value}`).join(' ')
  const statement = settings.map(([name, value]) => `SET ${name} TO '${value}'`).join('; ')
  const session: pg.PoolConfig = pgbouncer
    ? {onConnect: async (client) => void (await client.query(statement))}
    : {options: ofUrl ? `${ofUrl} ${startUp}` : startUp}
  const config: pg.PoolConfig = {
    application_name: 'qtool',
    ...rest,
    ...session,
    max: options.max,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: options.queryTimeoutMs ?? QUERY_MS,
    keepAlive: true,
  }
  return {config, server: describeServer(config)}
}

function parseUrl(url: string): Record<string, unknown> & {options?: string; pgbouncer?: string} {
  const wrong = (why: string) =>
    usageError(
      `expected a Postgres URL such as postgres://user:password@host:5432/database, got ${JSON.stringify(maskSecrets(url))}${why}`,
      'write characters such as / ? # @ of a password percent-encoded: / is %2F, @ is %40',
    )
  if (!/^(postgres(ql)?:\/\/|socket:|\/)/i.test(url)) throw wrong('')
  try {
    const found: Record<string, unknown> = {...parse(url)}
    // Empty parts are the driver's defaults: PGUSER, PGPASSWORD, PGPORT and so on.
    return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== '' && value !== null))
  } catch (error) {
    const why = messageOf(error)
    throw wrong(why === 'Invalid URL' ? '' : `: ${why}`)
  }
}

function describeServer({host, port, database}: pg.PoolConfig): string {
  const at = host?.startsWith('/') ? host : `${host ?? 'localhost'}:${port ?? 5432}`
  return database ? `${at}/${database}` : at
}

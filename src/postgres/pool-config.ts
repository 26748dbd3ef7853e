import {userInfo} from 'node:os'
import type pg from 'pg'
import {QtoolError, usageError} from '../errors.ts'
import {BoundClient} from './bound-client.ts'
import {passwordOf} from './passfile.ts'
import {type PostgresTarget, parsePostgresUrl, readPort} from './postgres-url.ts'
import {type Encryption, encryptions, isDirect} from './ssl-mode.ts'
import {type ConnectionParameters, readParameters} from './url-parameters.ts'

export interface PoolLimits {
  /** Most connections. */
  max: number
  /** A statement that takes longer fails and its connection is destroyed; a half-open socket would hang for ever. */
  queryTimeoutMs?: number
  /**
   * The server ends a transaction whose client is silent for this long: a worker that stands still would otherwise
   * block, at the ledger, the worker that took over its lease. Not set behind PgBouncer, which refuses it.
   */
  idleInTransactionMs?: number
}

export interface PoolPlan {
  config: pg.PoolConfig
  /** Ways to connect, in the order in which to try them; at least one. */
  encryptions: Encryption[]
  /** Start-up options of the URL or PGOPTIONS alone, sent if the server refuses those that qtool adds. */
  optionsOfUrl: string | undefined
  /** Host, port and database, for messages. */
  server: string
}

const CONNECT_MS = 5000
const QUERY_MS = 120_000

/**
 * How to connect to a Postgres URL. `?pgbouncer=true` says that PgBouncer is in between, which refuses start-up
 * options; without it, the first connection finds that out.
 * @throws QtoolError (usage), never with the password in it
 */
export function planPool(url: string, limits: PoolLimits, env: NodeJS.ProcessEnv): PoolPlan {
  const target = complete(parsePostgresUrl(url), env)
  const parameters = readParameters(target.parameters, env, target.host !== undefined)
  const {pgbouncer, options: asked} = parameters
  const idle = limits.idleInTransactionMs
  const ours = idle && !pgbouncer ? `-c idle_in_transaction_session_timeout=${idle}ms` : undefined
  const startUp = [asked, ours].filter((part) => part !== undefined).join(' ')
  const {host, port, user, database} = target
  const config: pg.PoolConfig = {
    application_name: parameters.applicationName ?? 'qtool',
    ...(host && {host}),
    ...(port && {port}),
    ...(user && {user}),
    ...(database && {database}),
    password: target.password || fromPassfile(target, parameters, env),
    ...(startUp && {options: startUp}),
    max: limits.max,
    connectionTimeoutMillis: parameters.connectTimeoutMs ?? CONNECT_MS,
    query_timeout: limits.queryTimeoutMs ?? QUERY_MS,
    keepAlive: true,
    sslnegotiation: isDirect(parameters.ssl, env) ? 'direct' : 'postgres',
    ...(parameters.channelBinding !== 'disable' && {enableChannelBinding: true}),
    ...(parameters.channelBinding === 'require' && {Client: BoundClient}),
  }
  return {
    config,
    encryptions: waysOf(parameters, env, host),
    optionsOfUrl: asked,
    server: describeServer(target),
  }
}

/** Fills in from libpq's environment variables what the URL leaves out. @throws QtoolError (usage) */
function complete(target: PostgresTarget, env: NodeJS.ProcessEnv): PostgresTarget {
  return {
    ...target,
    host: target.host || env.PGHOST || undefined,
    port: target.port ?? readPort(env.PGPORT, 'PGPORT'),
    user: target.user || env.PGUSER || undefined,
    password: target.password || env.PGPASSWORD || undefined,
    database: target.database || env.PGDATABASE || undefined,
  }
}

function waysOf(
  {ssl, channelBinding}: ConnectionParameters,
  env: NodeJS.ProcessEnv,
  host?: string,
): Encryption[] {
  const ways = encryptions(ssl, env, host)
  if (channelBinding !== 'require') return ways
  const bound = ways.filter((way) => way !== false)
  if (bound.length === 0) throw usageError('channel_binding=require needs TLS', 'set sslmode=require')
  return bound
}

/** Reads the password file when the server asks for a password. */
function fromPassfile(
  {host, port, user, database}: PostgresTarget,
  {passfile}: ConnectionParameters,
  env: NodeJS.ProcessEnv,
): () => Promise<string> {
  const account = user ?? userInfo().username
  // Like libpq, looks a socket up as localhost
  const name = host && !host.startsWith('/') ? host : 'localhost'
  const login = {host: name, port: port ?? 5432, database: database ?? account, user: account}
  return async () => {
    const password = await passwordOf(login, passfile, env)
    if (password !== undefined) return password
    throw new QtoolError('the server requires a password, but none was given', {
      code: 'NO_PASSWORD',
      kind: 'connect',
      suggestions: ['put it into the URL, PGPASSWORD or ~/.pgpass'],
    })
  }
}

function describeServer({host, port, database}: PostgresTarget): string {
  const name = host ?? 'localhost'
  const at = name.startsWith('/') ? name : `${name.includes(':') ? `[${name}]` : name}:${port ?? 5432}`
  return database ? `${at}/${database}` : at
}

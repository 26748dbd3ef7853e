import type pg from 'pg'
import {parse} from 'pg-connection-string'
import {isAmbiguous, maskUrl} from '../config/secrets.ts'
import {messageOf, type QtoolError, usageError} from '../errors.ts'
import {type Encryption, encryptions, type SslParameters} from './ssl-mode.ts'

export interface PoolLimits {
  /** Most connections. */
  max: number
  /** A statement that takes longer is given up and its connection destroyed; a half-open socket would hang for ever. */
  queryTimeoutMs?: number
  /**
   * A transaction whose client says nothing for so long is ended by the server: a worker that stands still would
   * hold back whoever took its lease over, at the ledger. Left out behind PgBouncer, which refuses the setting.
   */
  idleInTransactionMs?: number
}

export interface PoolPlan {
  config: pg.PoolConfig
  /** Ways to connect, in the order in which they are to be tried; at least one. */
  encryptions: Encryption[]
  /** What is sent where start-up options of ours are refused: those of the URL alone. */
  optionsOfUrl: string | undefined
  /** Host, port and database, for messages. */
  server: string
}

const CONNECT_MS = 5000
const QUERY_MS = 120_000

/**
 * How to connect to a Postgres URL. `?pgbouncer=true` says that PgBouncer is in between, which refuses start-up
 * options; without it that is found out at the first connection.
 * @throws QtoolError (usage), never with the password in it
 */
export function planPool(url: string, limits: PoolLimits, env: NodeJS.ProcessEnv): PoolPlan {
  const {pgbouncer, options: ofUrl, ssl, ...rest} = parseUrl(url)
  const idle = limits.idleInTransactionMs
  const ours = idle && !pgbouncer ? `-c idle_in_transaction_session_timeout=${idle}ms` : undefined
  const startUp = [ofUrl, ours].filter((part) => part !== undefined).join(' ')
  const config: pg.PoolConfig = {
    application_name: 'qtool',
    ...rest,
    ...(startUp && {options: startUp}),
    max: limits.max,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: limits.queryTimeoutMs ?? QUERY_MS,
    keepAlive: true,
  }
  return {
    config,
    encryptions: encryptions(ssl, env, config.host ?? env.PGHOST),
    optionsOfUrl: ofUrl,
    server: describeServer(config, env),
  }
}

type ParsedUrl = Record<string, unknown> & {options?: string; pgbouncer?: string; ssl: SslParameters}

function parseUrl(url: string): ParsedUrl {
  if (!/^(postgres(ql)?:\/\/|socket:|\/)/i.test(url) || isAmbiguous(url)) throw badUrl(url)
  const [address, query = ''] = url.split(/\?(.*)/s, 2)
  const parameters = query.split('&').filter(Boolean)
  const isSsl = (parameter: string) => /^ssl(?!negotiation)/.test(parameter)
  const others = parameters.filter((parameter) => !isSsl(parameter))
  try {
    const ssl = Object.fromEntries(new URLSearchParams(parameters.filter(isSsl).join('&')))
    const found: Record<string, unknown> = {
      ...parse(others.length > 0 ? `${address}?${others.join('&')}` : address),
    }
    // The parser's own reading of ssl parameters is not libpq's; empty parts are the driver's defaults: PGUSER and so on
    const given = Object.entries(found).filter(
      ([name, value]) => name !== 'ssl' && value !== '' && value !== null,
    )
    return {...Object.fromEntries(given), ssl}
  } catch (error) {
    const why = messageOf(error)
    throw badUrl(url, why === 'Invalid URL' ? '' : `: ${why}`)
  }
}

function badUrl(url: string, why = ''): QtoolError {
  return usageError(
    `expected a Postgres URL such as postgres://user:password@host:5432/database, got ${JSON.stringify(maskUrl(url))}${why}`,
    'write characters such as / ? # @ of a password percent-encoded: / is %2F, @ is %40',
  )
}

function describeServer({host, port, database}: pg.PoolConfig, env: NodeJS.ProcessEnv): string {
  const name = host ?? env.PGHOST ?? 'localhost'
  const at = name.startsWith('/') ? name : `${name}:${port ?? env.PGPORT ?? 5432}`
  return database ? `${at}/${database}` : at
}

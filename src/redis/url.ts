import {isAmbiguous, maskUrl} from '../config/secrets.ts'
import {type QtoolError, usageError} from '../errors.ts'
import {natWithoutCluster, readNat} from './cluster/nat.ts'

export interface RedisAddress {
  host: string
  port: number
}

/** What the sentinels ask for; they have users of their own. */
export interface SentinelLogin {
  username?: string
  password?: string
}

/** A parsed Redis URL: where the server is and how to log in. */
export interface RedisTarget {
  /** One server; for Sentinel all sentinels, for a cluster some of its nodes. Empty for a Unix socket. */
  addresses: RedisAddress[]
  /** Path of a Unix socket. */
  path?: string
  /** Name of the primary that the sentinels watch. */
  sentinelName?: string
  /** For a cluster: address that a node announces, as `host:port` → the one under which it is reached from here. */
  nat?: ReadonlyMap<string, RedisAddress>
  /** How to log in to the sentinels themselves. */
  sentinelLogin?: SentinelLogin
  username?: string
  password?: string
  db: number
  tls: boolean
  /** Files for TLS, from the query of the URL. */
  ca?: string
  cert?: string
  key?: string
}

const PORTS = {redis: 6379, sentinel: 26379}

/** The schemes with TLS. */
const WITH_TLS = ['rediss', 'redis+sentinels', 'redis+clusters']

const PARTS = /^([a-z+-]+):\/\/(?:([^/?#]*)@)?([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i
const QUERY_KEYS = ['db', 'ca', 'cert', 'key', 'nat', 'sentinel-user', 'sentinel-password']

/**
 * Parses a Redis URL: `redis://`, `redis+sentinel://h1,h2/NAME`, `redis+cluster://h1,h2`, with TLS `rediss://`,
 * `redis+sentinels://` and `redis+clusters://`, and `unix:///path` or a socket's path.
 * @throws QtoolError (usage), never with the password in it
 */
export function parseRedisUrl(url: string): RedisTarget {
  if (isAmbiguous(url)) throw badUrl(url, 'redis://user:password@host:6379/0')
  const [, scheme = '', login, hosts = '', path = '', query = ''] =
    PARTS.exec(url.startsWith('/') ? `unix://${url}` : url) ?? []
  const options = readQuery(url, query)
  const kind = scheme.toLowerCase()
  const tls = WITH_TLS.includes(kind)
  if (!tls) assertNoTls(options)
  assertIdle(kind, options)
  const common = {...readLogin(url, login), tls, ca: options.ca, cert: options.cert, key: options.key}
  switch (kind) {
    case 'unix':
      if (hosts !== '' || path === '') throw badUrl(url, 'unix:///path/to/redis.sock')
      return {...common, addresses: [], path: decode(url, path), db: readDb(url, options.db)}
    case 'redis':
    case 'rediss':
      return {
        ...common,
        addresses: [readAddress(url, hosts, PORTS.redis)],
        db: readDb(
          url,
          path.length > 1 ? path.slice(1) : options.db,
          path.length > 1 ? options.db : undefined,
        ),
      }
    case 'redis+sentinel':
    case 'redis+sentinels':
      if (path.length < 2) {
        throw badUrl(
          url,
          `${kind}://host1:26379,host2:26379/NAME`,
          'NAME is the name of the primary, as in "sentinel monitor NAME …"; SENTINEL MASTERS lists it',
        )
      }
      return {
        ...common,
        addresses: hosts.split(',').map((host) => readAddress(url, host, PORTS.sentinel)),
        sentinelName: decode(url, path.slice(1)),
        sentinelLogin: {username: options['sentinel-user'], password: options['sentinel-password']},
        db: readDb(url, options.db),
      }
    case 'redis+cluster':
    case 'redis+clusters':
      return {
        ...common,
        addresses: hosts.split(',').map((host) => readAddress(url, host, PORTS.redis)),
        nat: readNat(options.nat, (host) => readAddress(url, host, PORTS.redis)),
        db: onlyDb0(url, path.slice(1) || options.db),
      }
    default:
      if (/cluster/i.test(scheme)) throw badUrl(url, 'redis+cluster://host1:6379,host2:6379')
      if (scheme === '') throw badUrl(url, 'redis://user:password@host:6379/0')
      throw badUrl(
        url,
        'redis://user:password@host:6379/0',
        'known are redis://, redis+sentinel://, redis+cluster:// and unix://; with TLS rediss://, redis+sentinels:// and redis+clusters://',
      )
  }
}

/** Names the server for messages: host and port, never the login. */
export function describeTarget({path, addresses, sentinelName, nat}: RedisTarget): string {
  if (path) return path
  const hosts = addresses.map(({host, port}) => `${host.includes(':') ? `[${host}]` : host}:${port}`)
  if (nat)
    return `${hosts.length > 2 ? `${hosts[0]} and ${hosts.length - 1} more nodes` : hosts.join(',')} (cluster)`
  return sentinelName ? `${hosts.join(',')} (primary ${sentinelName})` : hosts.join(',')
}

const ENCODED = 'write characters such as / ? # @ of a password percent-encoded: / is %2F, @ is %40'

function badUrl(url: string, example: string, advice = ENCODED): QtoolError {
  return usageError(`expected a Redis URL such as ${example}, got ${JSON.stringify(maskUrl(url))}`, advice)
}

function readLogin(url: string, login: string | undefined): {username?: string; password?: string} {
  if (login === undefined) return {}
  const colon = login.indexOf(':')
  const username = decode(url, colon < 0 ? login : login.slice(0, colon))
  const password = colon < 0 ? '' : decode(url, login.slice(colon + 1))
  return {username: username || undefined, password: password || undefined}
}

function readAddress(url: string, text: string, defaultPort: number): RedisAddress {
  const [, v6, name, port] = /^(?:\[([0-9a-f:.]+)\]|([^\s:,[\]@]*))(?::(\d{1,5}))?$/i.exec(text) ?? []
  const number = port === undefined ? defaultPort : Number(port)
  if ((v6 === undefined && name === undefined) || number < 1 || number > 65_535) {
    throw badUrl(url, 'redis://host:6379/0')
  }
  return {host: v6 ?? (name || 'localhost'), port: number}
}

/** A cluster has no other database. */
function onlyDb0(url: string, text: string | undefined): number {
  if (readDb(url, text) === 0) return 0
  throw usageError(`expected database 0, the only one of a Redis Cluster, got ${text}`)
}

/** @param other the database number in another part of the URL */
function readDb(url: string, text: string | undefined, other = text): number {
  if (text !== other) throw usageError(`expected one database in the Redis URL, got ${text} and ${other}`)
  if (!text) return 0
  if (!/^\d{1,6}$/.test(text)) throw badUrl(url, 'redis://host:6379/0')
  return Number(text)
}

function readQuery(url: string, query: string): Record<string, string | undefined> {
  // A plus stands for itself in a password or a path, not for a blank
  const found = new URLSearchParams(query.replaceAll('+', '%2B'))
  for (const key of found.keys()) {
    if (QUERY_KEYS.includes(key) && found.getAll(key).length === 1) continue
    throw usageError(
      `unknown or repeated parameter ${JSON.stringify(key)} in the Redis URL ${JSON.stringify(maskUrl(url))}; known: ${QUERY_KEYS.join(', ')}`,
    )
  }
  return Object.fromEntries(found)
}

/** Refuses TLS files without TLS: the user would rely on a protection that is not there. */
function assertNoTls(options: Record<string, string | undefined>): void {
  const name = ['ca', 'cert', 'key'].find((key) => options[key] !== undefined)
  if (!name) return
  throw usageError(
    `${name}=… in a Redis URL without TLS does nothing`,
    'write rediss:// for TLS, redis+sentinels:// or redis+clusters://',
  )
}

/** Refuses what only another kind of URL understands. */
function assertIdle(kind: string, options: Record<string, string | undefined>): void {
  if (!/^redis\+clusters?$/.test(kind) && options.nat !== undefined) throw natWithoutCluster()
  if (/^redis\+sentinels?$/.test(kind)) return
  const name = ['sentinel-user', 'sentinel-password'].find((key) => options[key] !== undefined)
  if (name) throw usageError(`${name}=… in a Redis URL without sentinels does nothing`, 'leave it out')
}

function decode(url: string, text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw badUrl(url, 'redis://user:password@host:6379/0')
  }
}

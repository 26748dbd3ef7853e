import {usageError} from '../errors.ts'

const CHANNEL_BINDINGS = ['disable', 'prefer', 'require'] as const

/** Connection parameters from the query of a Postgres URL, else from libpq's environment variables. */
export interface ConnectionParameters {
  applicationName: string | undefined
  /** Start-up options of the session. */
  options: string | undefined
  /** 0 means no limit; undefined if not given. */
  connectTimeoutMs: number | undefined
  channelBinding: (typeof CHANNEL_BINDINGS)[number]
  /** The URL says that PgBouncer is in between. */
  pgbouncer: boolean
  /** Path of a password file. */
  passfile: string | undefined
  /** All parameters that begin with ssl. */
  ssl: Record<string, string>
}

/** libpq settings that are accepted only with values that describe what qtool does anyway. */
const AS_IT_IS: Record<string, string[]> = {
  client_encoding: ['utf8', 'utf-8', 'unicode', 'auto'],
  gssencmode: ['disable', 'prefer'],
  keepalives: ['1'],
  load_balance_hosts: ['disable'],
  target_session_attrs: ['any'],
  uselibpqcompat: ['true'],
}

const HONOURED = [
  'application_name',
  'fallback_application_name',
  'options',
  'connect_timeout',
  'channel_binding',
  'passfile',
  'pgbouncer',
]

/** libpq variables that would change which server is trusted or used, and that qtool does not support. */
const NOT_HONOURED = ['PGHOSTADDR', 'PGREQUIREAUTH', 'PGREQUIREPEER', 'PGSSLCRL', 'PGSSLCRLDIR']

/** With a longer timeout, a Node timer would fire at once. */
const MOST_SECONDS = 2_147_483

/**
 * Reads the parameters of a Postgres URL. An unknown one is refused: if it were ignored, its author would believe in
 * a schema, a time limit or a protection that is not there.
 * @throws QtoolError (usage)
 */
export function readParameters(
  given: Record<string, string>,
  env: NodeJS.ProcessEnv,
  hasHost: boolean,
): ConnectionParameters {
  for (const [name, value] of Object.entries(given)) assertKnown(name, value)
  const lost = [...NOT_HONOURED, ...(hasHost ? [] : ['PGSERVICE'])].find((name) => env[name])
  if (lost) throw usageError(`${lost} is set, but qtool does not support it`, `unset ${lost}`)
  const oneOf = (name: string, variable: string) =>
    given[name] ? {value: given[name], from: name} : {value: env[variable] || undefined, from: variable}
  return {
    applicationName: given.application_name || env.PGAPPNAME || given.fallback_application_name || undefined,
    options: given.options || env.PGOPTIONS || undefined,
    connectTimeoutMs: readTimeout(oneOf('connect_timeout', 'PGCONNECT_TIMEOUT')),
    channelBinding: readChannelBinding(oneOf('channel_binding', 'PGCHANNELBINDING')),
    pgbouncer: readBoolean('pgbouncer', given.pgbouncer),
    passfile: given.passfile || env.PGPASSFILE || undefined,
    ssl: Object.fromEntries(Object.entries(given).filter(([name]) => name.startsWith('ssl'))),
  }
}

function assertKnown(name: string, value: string): void {
  // The TLS parameters are checked where they are used
  if (HONOURED.includes(name) || name.startsWith('ssl')) return
  const values = Object.hasOwn(AS_IT_IS, name) ? AS_IT_IS[name] : undefined
  if (values?.includes(value.toLowerCase())) return
  if (values) {
    throw usageError(
      `${name}=${value} in the Postgres URL is not supported`,
      `supported: ${values.join(', ')}`,
    )
  }
  throw usageError(`unknown parameter ${JSON.stringify(name)} in the Postgres URL`, adviceFor(name, value))
}

function adviceFor(name: string, value: string): string {
  const setting = name === 'schema' || name === 'currentSchema' ? 'search_path' : name
  if (/^(search_path|[a-z_]+_timeout)$/.test(setting)) {
    return `put session settings into options: ?options=-c%20${setting}%3D${encodeURIComponent(value)}`
  }
  return `known: ${[...HONOURED, ...Object.keys(AS_IT_IS)].join(', ')}, and the ssl… parameters`
}

interface Found {
  value: string | undefined
  /** For messages. */
  from: string
}

function readTimeout({value, from}: Found): number | undefined {
  if (value === undefined) return undefined
  const seconds = /^-?\d{1,10}$/.test(value) ? Number(value) : Number.NaN
  if (seconds <= MOST_SECONDS) return Math.max(0, seconds) * 1000
  throw usageError(
    `expected ${from} to be whole seconds, at most ${MOST_SECONDS}, got ${JSON.stringify(value)}`,
    '0 waits without end',
  )
}

function readChannelBinding({value = 'disable', from}: Found): ConnectionParameters['channelBinding'] {
  const found = CHANNEL_BINDINGS.find((known) => known === value)
  if (found) return found
  throw usageError(
    `expected ${from} to be one of ${CHANNEL_BINDINGS.join(', ')}, got ${JSON.stringify(value)}`,
  )
}

function readBoolean(name: string, value: string | undefined): boolean {
  if (value === undefined || ['true', '1', 'false', '0'].includes(value))
    return /^(true|1)$/.test(value ?? '')
  throw usageError(`expected ${name} in the Postgres URL to be true or false, got ${JSON.stringify(value)}`)
}

import {existsSync} from 'node:fs'
import {homedir} from 'node:os'
import {join} from 'node:path'
import type {ConnectionOptions} from 'node:tls'
import {readPem} from '../config/pem.ts'
import {usageError} from '../errors.ts'

/** One way to connect: unencrypted (false) or with TLS. */
export type Encryption = false | ConnectionOptions

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type SslMode = (typeof MODES)[number]

/** Modes that never connect unencrypted. */
const STRONG: SslMode[] = ['require', 'verify-ca', 'verify-full']

const KNOWN = ['ssl', 'sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'sslpassword', 'sslnegotiation']

/** The `ssl…` parameters of a URL. */
export type SslParameters = Record<string, string>

/**
 * The ways to connect that `sslmode` allows, in the order in which libpq tries them. As in libpq, certificates are
 * verified in every mode if there is a root certificate, and without one `require` accepts any certificate.
 * See https://www.postgresql.org/docs/current/libpq-ssl.html
 * @param host of the server; one that begins with / is a socket, which has no TLS
 * @throws QtoolError (usage) for parameters that libpq refuses or qtool does not support
 */
export function encryptions(
  given: SslParameters,
  env: NodeJS.ProcessEnv,
  host: string | undefined,
): Encryption[] {
  const unknown = Object.keys(given).find((name) => !KNOWN.includes(name))
  if (unknown)
    throw usageError(`unknown parameter ${unknown} in the Postgres URL`, `known: ${KNOWN.join(', ')}`)
  const root = given.sslrootcert || env.PGSSLROOTCERT
  const mode = modeOf(given, env, root)
  if (isDirect(given, env) && !STRONG.includes(mode)) {
    throw usageError(`sslmode=${mode} is too weak for sslnegotiation=direct`, 'set sslmode=require')
  }
  if (mode === 'disable' || host?.startsWith('/')) return [false]
  const tls = tlsOptions(given, env, mode, root)
  if (mode === 'allow') return [false, tls]
  return mode === 'prefer' ? [tls, false] : [tls]
}

/** Whether TLS begins at once, as Postgres 17 and later can. @throws QtoolError (usage) */
export function isDirect(given: SslParameters, env: NodeJS.ProcessEnv): boolean {
  const wanted = given.sslnegotiation || env.PGSSLNEGOTIATION || 'postgres'
  if (wanted === 'direct' || wanted === 'postgres') return wanted === 'direct'
  throw usageError(`expected sslnegotiation to be postgres or direct, got ${JSON.stringify(wanted)}`)
}

function modeOf(given: SslParameters, env: NodeJS.ProcessEnv, root: string | undefined): SslMode {
  // JDBC's form, which libpq accepts, too
  if (given.ssl !== undefined && given.ssl !== 'true') {
    throw usageError(`expected ssl=true or an sslmode in the Postgres URL, got ssl=${given.ssl}`)
  }
  const fallback = root === 'system' ? 'verify-full' : 'prefer'
  const wanted = given.sslmode ?? (given.ssl ? 'require' : env.PGSSLMODE || fallback)
  const mode = MODES.find((known) => known === wanted)
  if (!mode) {
    const from = given.sslmode === undefined ? 'PGSSLMODE' : 'sslmode'
    throw usageError(`expected ${from} to be one of ${MODES.join(', ')}, got ${JSON.stringify(wanted)}`)
  }
  if (root === 'system' && mode !== 'verify-full') {
    throw usageError(`sslmode=${mode} is too weak for sslrootcert=system`, 'set sslmode=verify-full')
  }
  return mode
}

function tlsOptions(
  given: SslParameters,
  env: NodeJS.ProcessEnv,
  mode: SslMode,
  root: string | undefined,
): ConnectionOptions {
  const ca = root === 'system' ? undefined : file('root certificate', root, 'root.crt', env)
  const cert = file('client certificate', given.sslcert || env.PGSSLCERT, 'postgresql.crt', env)
  const key = cert && file('key', given.sslkey || env.PGSSLKEY, 'postgresql.key', env)
  if (mode.startsWith('verify') && !ca && root !== 'system') {
    throw usageError(
      `sslmode=${mode} needs a root certificate, found none in ${userFile('root.crt', env)}`,
      'name one with sslrootcert=PATH, sslrootcert=system for those of the system, or set sslmode=require',
    )
  }
  return {
    ...(ca && {ca}),
    ...(cert && {cert}),
    ...(key && {key, passphrase: given.sslpassword}),
    rejectUnauthorized: ca !== undefined || root === 'system',
    ...(mode !== 'verify-full' && {checkServerIdentity: () => undefined}),
  }
}

/** A file that is named must exist; otherwise the file at libpq's default path is used if there is one. */
function file(
  what: string,
  named: string | undefined,
  usual: string,
  env: NodeJS.ProcessEnv,
): Buffer | undefined {
  if (named) return readPem(what, named)
  const path = userFile(usual, env)
  return existsSync(path) ? readPem(what, path) : undefined
}

function userFile(name: string, env: NodeJS.ProcessEnv): string {
  return join(env.HOME || homedir(), '.postgresql', name)
}

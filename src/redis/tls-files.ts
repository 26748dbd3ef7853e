import {readPem} from '../config/pem.ts'
import {usageError} from '../errors.ts'
import type {RedisTarget} from './url.ts'

/** Paths of files for TLS, in PEM. */
export interface TlsFiles {
  ca?: string
  cert?: string
  key?: string
}

const WORDS = {ca: 'CA', cert: 'client certificate', key: 'key'} as const

const VARIABLES = {ca: 'QTOOL_REDIS_CA', cert: 'QTOOL_REDIS_CERT', key: 'QTOOL_REDIS_KEY'} as const

const NAMES = Object.keys(VARIABLES) as Array<keyof TlsFiles>

/** The files that the environment names. */
export function tlsFilesOf(env: NodeJS.ProcessEnv): TlsFiles {
  return Object.fromEntries(
    NAMES.flatMap((name) => (env[VARIABLES[name]] ? [[name, env[VARIABLES[name]]]] : [])),
  )
}

/**
 * What the driver needs for TLS; undefined for a target without TLS. A file named by the URL takes precedence over
 * one named by the environment.
 * @throws QtoolError (usage) for a file that would have no effect: the user would rely on a protection that is not
 * there
 */
export function readTls(
  target: RedisTarget,
  files: TlsFiles,
): {ca?: Buffer; cert?: Buffer; key?: Buffer} | undefined {
  if (!target.tls) {
    const idle = NAMES.find((name) => files[name] !== undefined)
    if (idle) throw withoutTls(VARIABLES[idle])
    return undefined
  }
  const {ca = files.ca, cert = files.cert, key = files.key} = target
  if (cert !== undefined && key === undefined) throw alone('cert', 'key')
  if (key !== undefined && cert === undefined) throw alone('key', 'cert')
  const read = (name: keyof TlsFiles, path: string | undefined) =>
    path === undefined ? undefined : readPem(WORDS[name], path)
  return {ca: read('ca', ca), cert: read('cert', cert), key: read('key', key)}
}

function withoutTls(variable: string) {
  return usageError(
    `${variable} does nothing for a Redis URL without TLS`,
    `write rediss:// for TLS, or redis+clusters:// for a cluster with TLS, or unset ${variable}`,
    'files for one server only can be named in its URL, also in a profile: rediss://host:6379?ca=PATH',
  )
}

function alone(given: 'cert' | 'key', missing: 'cert' | 'key') {
  return usageError(
    `a ${WORDS[given]} for TLS does nothing without its ${WORDS[missing]}`,
    `name it with ${VARIABLES[missing]}, or with ?${missing}=PATH in the URL`,
  )
}

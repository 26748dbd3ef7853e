import type {TlsFiles} from './tls-files.ts'
import {parseRedisUrl, type RedisAddress} from './url.ts'

/** How redis-cli is called: its arguments hold no secret, since other users can see them. */
export interface ClientCall {
  args: string[]
  env: Record<string, string>
}

/**
 * The arguments and variables by which redis-cli reaches the server of a URL.
 * @param primary where the primary is, for a URL that names sentinels
 * @throws QtoolError (usage)
 */
export function redisClientCall(url: string, files: TlsFiles, primary?: RedisAddress): ClientCall {
  const {addresses, path, nat, username, password, db, tls, ...own} = parseRedisUrl(url)
  const address = primary ?? addresses[0]
  const {ca, cert, key} = {ca: own.ca ?? files.ca, cert: own.cert ?? files.cert, key: own.key ?? files.key}
  const given = (flag: string, value: string | undefined) => (value === undefined ? [] : [flag, value])
  const args = [
    ...(path === undefined ? ['-h', address.host, '-p', String(address.port)] : ['-s', path]),
    ...(db === 0 ? [] : ['-n', String(db)]),
    ...given('--user', username),
    ...(tls ? ['--tls', ...given('--cacert', ca), ...given('--cert', cert), ...given('--key', key)] : []),
    ...(nat ? ['-c'] : []),
  ]
  return {args, env: password === undefined ? {} : {REDISCLI_AUTH: password}}
}

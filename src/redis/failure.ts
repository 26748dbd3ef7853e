/**
 * Replies of a server that is up but cannot serve now (BUSYKEY and BUSYGROUP do not count), and the messages of
 * ioredis about a broken connection.
 */
const AWAY =
  /^(LOADING |BUSY |READONLY |MASTERDOWN |CLUSTERDOWN |TRYAGAIN |NOREPLICAS |MISCONF |Connection is closed|Command timed out|Stream isn't writeable|Socket timeout|Reached the max retries|connect |read |write )/

/** Whether Redis as a whole cannot work now, so that the same call may succeed later. */
export function isRedisAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return AWAY.test(error.message) || /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)/.test(code)
}

/** Whether a command got no answer although the connection looks sound: the sign of a half-open socket. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('Command timed out')
}

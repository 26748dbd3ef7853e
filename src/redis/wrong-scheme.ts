import {connect as connectPlain, type Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {messageOf, type QtoolError, usageError} from '../errors.ts'
import {describeTarget, type RedisTarget} from './url.ts'

/** How long a server may take to show what it speaks, ms. */
const WAIT_MS = 500

/** What a connection comes to whose two sides do not speak the same; a refused one, or a bad certificate, is no such. */
const NOT_UNDERSTOOD =
  /ECONNRESET|EPIPE|ETIMEDOUT|EPROTO|wrong version number|Connection is closed|Command timed out|Protocol error|no answer within/i

/**
 * Finds out whether a server that could not be reached speaks TLS where the URL does not say so, or the other way around.
 * It is told no login.
 * @param reason of the failed attempt
 * @returns the error that says so; undefined if that is not what is wrong
 */
export async function wrongScheme(target: RedisTarget, reason: unknown): Promise<QtoolError | undefined> {
  if (target.path || !NOT_UNDERSTOOD.test(messageOf(reason))) return undefined
  const [{host, port}] = target.addresses
  const speaksOther = target.tls ? await speaksPlain(host, port) : await speaksTls(host, port)
  if (!speaksOther) return undefined
  const kind = target.sentinelName ? 'redis+sentinel' : target.nat ? 'redis+cluster' : 'redis'
  const [plain, tls] = [`${kind}://`, kind === 'redis' ? 'rediss://' : `${kind}s://`]
  const server = describeTarget(target)
  return target.tls
    ? usageError(
        `Redis at ${server} does not speak TLS at this port`,
        `write ${plain} in place of ${tls}, or name its port for TLS`,
      )
    : usageError(`Redis at ${server} speaks TLS at this port`, `write ${tls} in place of ${plain}`)
}

async function speaksTls(host: string, port: number): Promise<boolean> {
  const socket = connectTls({host, port, rejectUnauthorized: false})
  // A server that wants a certificate of its clients says so after the handshake
  return firstOf(socket, 'secureConnect', () => true)
}

/** Redis answers a PING whoever sends it, if only that a login is missing. */
async function speaksPlain(host: string, port: number): Promise<boolean> {
  const socket = connectPlain({host, port}, () => socket.write('PING\r\n'))
  return firstOf(socket, 'data', (bytes) => /^[+-]/.test(String(bytes)))
}

function firstOf(socket: Socket, event: string, judge: (data: unknown) => boolean): Promise<boolean> {
  return new Promise<boolean>((resolve) => {
    socket.setTimeout(WAIT_MS, () => resolve(false))
    socket.once(event, (data) => resolve(judge(data)))
    socket.once('error', () => resolve(false))
    socket.once('close', () => resolve(false))
  }).finally(() => socket.destroy())
}

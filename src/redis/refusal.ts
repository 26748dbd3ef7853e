import {connect} from 'node:net'
import {messageOf} from '../errors.ts'
import type {RedisTarget} from './url.ts'

const WAIT_MS = 500
const HUNG_UP = /EPIPE|ECONNRESET|Connection is closed/

/**
 * Finds out why a server closed the connection: with too many clients Redis writes its error and closes at once, and
 * ioredis sees only the broken pipe. A plain socket, which writes nothing, can read it.
 * @returns the server's own error if it sends one, else `error`
 */
export async function readRefusal(target: RedisTarget, error: unknown): Promise<unknown> {
  if (target.tls || target.sentinelName || !HUNG_UP.test(messageOf(error))) return error
  const [first] = target.addresses
  const socket = connect(target.path ? {path: target.path} : {host: first.host, port: first.port})
  const words = await new Promise<string>((resolve) => {
    socket.setTimeout(WAIT_MS, () => resolve(''))
    socket.once('data', (bytes) => resolve(bytes.toString('utf8')))
    socket.once('error', () => resolve(''))
    socket.once('close', () => resolve(''))
  })
  socket.destroy()
  const said = /^-(.+)\r\n/.exec(words)?.[1]
  return said ? new Error(said) : error
}

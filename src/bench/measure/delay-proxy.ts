import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {DelayLine} from './delay-line.ts'

export interface DelayProxyOptions {
  /** The server behind the proxy. */
  host: string
  port: number
  /** Delay added to every round trip, half of it in each direction, ms. */
  rttMs: number
}

export interface DelayProxy {
  /** On 127.0.0.1. */
  readonly port: number
  /** Resets open connections and stops listening. */
  close(): Promise<void>
}

/**
 * A TCP proxy that makes a server seem far away; see DelayLine. It runs on the event loop of its caller: in a thread of
 * its own it took more CPU (with 15,000 single ZADD/s, the process took 39 to 47 % of a core, here 25 to 33 %), and the
 * generator was no less late (p99 3.3 to 5.1 ms there, 3.5 to 12.9 ms here, 1.9 to 14.7 ms without a proxy, on 2 cores
 * that other programs used too).
 */
export async function startDelayProxy({host, port, rttMs}: DelayProxyOptions): Promise<DelayProxy> {
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    return socket
  }
  const server = createServer({allowHalfOpen: true, noDelay: true}, (accepted) => {
    const client = keep(accepted)
    const target = keep(connect({host, port, allowHalfOpen: true, noDelay: true}))
    new DelayLine(client, target, rttMs / 2)
    new DelayLine(target, client, rttMs / 2)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      for (const socket of sockets) socket.resetAndDestroy()
      server.close()
      await once(server, 'close')
    },
  }
}

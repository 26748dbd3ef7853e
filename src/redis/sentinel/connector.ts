import {type NetConnectOpts, connect as openSocket, Socket} from 'node:net'
import {connect as openTls} from 'node:tls'
import {AbstractConnector, type RedisOptions} from 'ioredis'
import type {KnownPrimary} from './answers.ts'
import type {SentinelCircle} from './circle.ts'
import {PrimaryWatch} from './primary-watch.ts'

/** How long a connection may take to close in peace, ms: a server that hangs never closes it. */
const CLOSE_MS = 200

/**
 * Options that lead every connection of a client to the primary that the sentinels name at that moment, and closes it
 * once they name another one. The driver's own way asks one sentinel after the other, so that each one that hangs costs
 * seconds, gives up for good if none answers, and misses a failover while it is not subscribed.
 */
export function leadToPrimary(circle: SentinelCircle): RedisOptions {
  const watch = new PrimaryWatch(circle)
  class Connector extends AbstractConnector {
    static readonly circle = circle

    constructor() {
      super(CLOSE_MS)
    }

    /** A failure is one of the connection, so that the client tries again for as long as it would anyhow. */
    override async connect(): Promise<Socket> {
      this.connecting = true
      this.firstError = undefined
      let primary: KnownPrimary
      try {
        primary = await circle.primary()
      } catch (error) {
        return this.#failed(error)
      }
      if (!this.connecting) return this.#failed(new Error('Connection is closed.'))
      const where: NetConnectOpts = {host: primary.host, port: primary.port}
      const stream = circle.tls ? openTls({...where, ...circle.tls}) : openSocket(where)
      stream.once('error', (error) => {
        this.firstError = error
      })
      this.stream = stream
      watch.add(stream, primary)
      return stream
    }

    /** A primary that became a replica before the sentinels say so. */
    override check({role}: {role?: string}): boolean {
      return role === undefined || role === 'master'
    }

    #failed(error: unknown): Socket {
      this.firstError = error instanceof Error ? error : new Error(String(error))
      return new Socket().destroy()
    }
  }
  return {Connector, tls: circle.tls}
}

/** The sentinels that a client asks for its server; undefined for one that does not. */
export function circleOf({options: {Connector}}: {options: RedisOptions}): SentinelCircle | undefined {
  return Connector && 'circle' in Connector ? (Connector.circle as SentinelCircle) : undefined
}

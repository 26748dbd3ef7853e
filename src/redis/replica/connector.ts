import {once} from 'node:events'
import {connect as openSocket, Socket} from 'node:net'
import {connect as openTls} from 'node:tls'
import {AbstractConnector, type RedisOptions} from 'ioredis'
import type {ServerLogin} from '../ask-once.ts'
import type {RedisAddress} from '../url.ts'
import type {FindReplicas} from './find-replicas.ts'
import {noReplica} from './no-replica.ts'

/** How long one replica may take to accept a connection, ms; then the next one is tried. */
const CONNECT_MS = 1000

/** How long a connection may take to close in peace, ms. */
const CLOSE_MS = 200

/**
 * Options that lead a client to a replica, and to another one if it goes away. A write is refused there, and is not sent
 * to a primary instead.
 */
export function leadToReplica(find: FindReplicas, login: ServerLogin): RedisOptions {
  class Connector extends AbstractConnector {
    static readonly isOfReplica = true

    constructor() {
      super(CLOSE_MS)
    }

    /** A failure is one of the connection, so that the client tries again for as long as it would anyhow. */
    override async connect(): Promise<Socket> {
      this.connecting = true
      this.firstError = undefined
      try {
        this.stream = await openAny(await find(), login)
      } catch (error) {
        this.firstError = error instanceof Error ? error : new Error(String(error))
        this.stream = new Socket().destroy()
      }
      if (!this.connecting) this.stream.destroy()
      return this.stream
    }

    /** One that was promoted meanwhile has work of its own. */
    override check({role}: {role?: string}): boolean {
      return role === undefined || role === 'slave'
    }
  }
  return {Connector, tls: login.tls, reconnectOnError: null}
}

/** Whether a client reads from a replica, and may change nothing. */
export function leadsToReplica({options: {Connector}}: {options: RedisOptions}): boolean {
  return Connector !== undefined && 'isOfReplica' in Connector && Connector.isOfReplica === true
}

/** A connection to the first replica that accepts one; which of them is first is left to chance. */
async function openAny(replicas: RedisAddress[], {tls}: ServerLogin): Promise<Socket> {
  let last: unknown
  for (const {host, port} of shuffled(replicas)) {
    const stream = tls ? openTls({host, port, ...tls}) : openSocket({host, port})
    try {
      await once(stream, tls ? 'secureConnect' : 'connect', {signal: AbortSignal.timeout(CONNECT_MS)})
      return stream
    } catch (error) {
      stream.on('error', () => {}).destroy()
      last = error
    }
  }
  throw noReplica(last)
}

function shuffled<T>(list: T[]): T[] {
  return list
    .map((item) => ({item, at: Math.random()}))
    .sort((a, b) => a.at - b.at)
    .map(({item}) => item)
}

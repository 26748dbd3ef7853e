import {connect, Socket} from 'node:net'
import {connect as connectTls} from 'node:tls'
import {AbstractConnector, type RedisOptions} from 'ioredis'
import {isElsewhere} from '../failure.ts'
import {reconnecting} from '../reconnect.ts'
import type {RedisAddress} from '../url.ts'
import {chooseHolder} from './choose-holder.ts'
import type {Role} from './slot-map.ts'
import type {Topology} from './topology.ts'

/** How long a closed connection may take to end, ms; as ioredis has it. */
const DISCONNECT_MS = 2000

/** Which server a client of a cluster leads to. */
export type Destination =
  /** The primary of a slot, or with `readFrom: 'replica'` one of its replicas. Commands without keys see that node. */
  | {slot: number}
  /** One node, whatever it holds. */
  | {node: RedisAddress}
  /** Any node that is alive, for what is the same everywhere. */
  | 'any'

/**
 * A connector for ioredis that asks the cluster, each time it connects, where its destination is. So a plain client
 * follows a slot, with every command, script, pipeline and transaction that a client of one server has.
 */
export class SlotConnector extends AbstractConnector {
  readonly #topology: Topology
  readonly #role: Role
  readonly #destination: Destination
  #stop = () => {}
  /** A connection that has been told to end. */
  #ending: Socket | undefined

  constructor({topology, readFrom}: Cluster, destination: Destination) {
    super(DISCONNECT_MS)
    this.#topology = topology
    this.#role = readFrom
    this.#destination = destination
  }

  /** Never rejects: ioredis would not try again. It does so after a socket that is closed already. */
  async connect(): Promise<Socket> {
    this.connecting = true
    this.firstError = undefined
    const stopped = new Promise<never>((_, reject) => {
      this.#stop = () => reject(new Error('Connection is closed.'))
    })
    try {
      this.stream = this.#open(await Promise.race([this.#find(), stopped]))
      this.stream.once('error', (error) => {
        this.firstError = error
      })
    } catch (error) {
      this.firstError = error instanceof Error ? error : new Error(String(error))
      this.stream = new Socket().destroy()
    }
    return this.stream
  }

  /** Called for each of many commands that a node has refused; each time would add a listener to the socket. */
  override disconnect(): void {
    this.#stop()
    this.connecting = false
    if (this.stream === this.#ending) return
    this.#ending = this.stream
    super.disconnect()
  }

  /** A primary that was demoted, and a replica that was promoted, say so before the cluster knows it. */
  override check(info: {role?: string}): boolean {
    const isSlot = this.#destination !== 'any' && 'slot' in this.#destination
    return !isSlot || info.role === undefined || info.role === (this.#role === 'primary' ? 'master' : 'slave')
  }

  async #find(): Promise<RedisAddress> {
    const destination = this.#destination
    if (destination !== 'any' && 'node' in destination) return destination.node
    const map = await this.#topology.read()
    if (destination === 'any') return map.answeredBy
    return chooseHolder(map, destination.slot, this.#role)
  }

  #open(address: RedisAddress): Socket {
    const {tls} = this.#topology.login
    return tls ? connectTls({...address, ...tls}) : connect(address)
  }
}

/** What the clients of one cluster share. */
export interface Cluster {
  topology: Topology
  /** Which nodes they read from. What changes something is refused by a replica. */
  readFrom: Role
  /** How long they try to connect again, ms. */
  reconnectMs: number
  /** How long one command may take, ms. */
  commandMs: number
}

/** A cluster takes some seconds to replace a primary, however impatient the caller is, ms. */
const FAILOVER_MS = 5000

/**
 * A node that owes an answer and sends nothing for this share of the time of a command is left: one that hangs keeps its
 * connections, though another has taken its slots. The rest of the time is for the other node.
 */
const SILENT = 0.6

/** The same for a node that answers that it has not, or has not all of what it was asked for: its reason is told in time. */
const REFUSED = 0.8

/** Options that make a client lead to `destination`. A duplicate of the client leads there as well. */
export function leadTo(cluster: Cluster, destination: Destination): RedisOptions {
  const {topology, readFrom, reconnectMs, commandMs} = cluster
  // A replica sends clients to its primary unless they say at each connect that they only read
  const readOnly = readFrom === 'replica'
  class Connector extends SlotConnector {
    static readonly cluster = cluster
    static readonly isOfReplica = readOnly && destination !== 'any'

    constructor() {
      super(cluster, destination)
    }
  }
  const refusedMs = Math.min(FAILOVER_MS, REFUSED * commandMs)
  const patience = reconnecting(Math.max(reconnectMs, FAILOVER_MS), isElsewhere, refusedMs)
  return {Connector, tls: topology.login.tls, readOnly, socketTimeout: SILENT * commandMs, ...patience}
}

/** The cluster that a client belongs to; undefined for a client of one server, or of one that sentinels watch. */
export function clusterOf({options: {Connector}}: {options: RedisOptions}): Cluster | undefined {
  return Connector && 'cluster' in Connector ? (Connector.cluster as Cluster) : undefined
}

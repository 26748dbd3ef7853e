import {setTimeout as wait} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {closeRedis, openCompanion} from '../client.ts'
import {isElsewhere, isRedisAway} from '../failure.ts'
import type {RedisAddress} from '../url.ts'
import {chooseHolder, chooseHolders} from './choose-holder.ts'
import {type Cluster, leadTo} from './slot-connector.ts'
import {addressName, holdersOfEach, type SlotMap} from './slot-map.ts'

/** How long a reading follows a slot that is not where it was, ms. */
const FOLLOW_MS = 2000

const PAUSE_MS = 50

/** One client for each primary of a cluster, or for a replica of each, for those who read a little of everything. */
export class Nodes {
  readonly #entry: Redis
  readonly #cluster: Cluster
  readonly #clients = new Map<string, Redis>()
  #map: Promise<SlotMap> | undefined

  constructor(entry: Redis, cluster: Cluster) {
    this.#entry = entry
    this.#cluster = cluster
  }

  /** Clients of nodes that have all slots between them now. */
  async keyspaces(): Promise<Redis[]> {
    const map = await this.#look()
    return chooseHolders(map, this.#cluster.readFrom, this.#isConnected).map((node) => this.#client(node))
  }

  /** Runs a reading at a node that has a slot; again if the slot is elsewhere by now, or its node is gone. */
  async near<T>(slot: number, read: (redis: Redis) => Promise<T>): Promise<T> {
    const until = performance.now() + FOLLOW_MS
    for (;;) {
      try {
        return await read(await this.#holderOf(slot))
      } catch (error) {
        if (!(isElsewhere(error) || isRedisAway(error)) || performance.now() >= until) throw error
      }
      this.#map = undefined
      await wait(PAUSE_MS)
    }
  }

  async #holderOf(slot: number): Promise<Redis> {
    this.#map ??= this.#look()
    return this.#client(chooseHolder(await this.#map, slot, this.#cluster.readFrom, this.#isConnected))
  }

  readonly #isConnected = (node: RedisAddress) => this.#clients.has(addressName(node))

  /** Asks where the slots are, and closes the clients of nodes that are not read from any more. */
  #look(): Promise<SlotMap> {
    const looking = this.#cluster.topology.read()
    this.#map = looking
    looking.then(
      (map) => this.#closeOthers(holdersOfEach(map, this.#cluster.readFrom).flat()),
      () => {
        if (this.#map === looking) this.#map = undefined
      },
    )
    return looking
  }

  #closeOthers(nodes: readonly RedisAddress[]): void {
    const names = new Set(nodes.map(addressName))
    for (const [name, client] of this.#clients) {
      if (names.has(name)) continue
      this.#clients.delete(name)
      closeRedis(client)
    }
  }

  /** It does not connect again by itself: another node may have the slots by then. */
  #client(node: RedisAddress): Redis {
    const name = addressName(node)
    const known = this.#clients.get(name)
    if (known) return known
    const never = {retryStrategy: () => null, reconnectOnError: null}
    const client = openCompanion(this.#entry, {...leadTo(this.#cluster, {node}), ...never})
    this.#clients.set(name, client)
    client.once('end', () => {
      if (this.#clients.get(name) === client) this.#clients.delete(name)
    })
    return client
  }
}

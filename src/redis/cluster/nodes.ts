import {setTimeout as wait} from 'node:timers/promises'
import type {Redis} from 'ioredis'
import {closeRedis, openCompanion} from '../client.ts'
import {isElsewhere, isRedisAway} from '../failure.ts'
import type {RedisAddress} from '../url.ts'
import {type Cluster, leadTo} from './slot-connector.ts'
import {addressName, primariesOf, primaryOf, type SlotMap} from './slot-map.ts'

/** How long a reading follows a slot that is not where it was, ms. */
const FOLLOW_MS = 2000

const PAUSE_MS = 50

/** One client for each primary of a cluster, for those who read a little of everything. */
export class Nodes {
  readonly #entry: Redis
  readonly #cluster: Cluster
  readonly #clients = new Map<string, Redis>()
  #map: Promise<SlotMap> | undefined

  constructor(entry: Redis, cluster: Cluster) {
    this.#entry = entry
    this.#cluster = cluster
  }

  /** A client for each primary that has slots now. */
  async primaries(): Promise<Redis[]> {
    const map = await this.#look()
    return primariesOf(map).map((node) => this.#client(node))
  }

  /** Runs a reading at the primary of a slot; again if the slot is elsewhere by now, or its node is gone. */
  async near<T>(slot: number, read: (redis: Redis) => Promise<T>): Promise<T> {
    const until = performance.now() + FOLLOW_MS
    for (;;) {
      try {
        return await read(await this.#primaryOf(slot))
      } catch (error) {
        if (!(isElsewhere(error) || isRedisAway(error)) || performance.now() >= until) throw error
      }
      this.#map = undefined
      await wait(PAUSE_MS)
    }
  }

  async #primaryOf(slot: number): Promise<Redis> {
    this.#map ??= this.#look()
    const primary = primaryOf(await this.#map, slot)
    if (!primary) throw new Error(`CLUSTERDOWN no node serves slot ${slot}`)
    return this.#client(primary)
  }

  /** Asks where the slots are, and closes the clients of nodes that have none any more. */
  #look(): Promise<SlotMap> {
    const looking = this.#cluster.topology.read()
    this.#map = looking
    looking.then(
      (map) => this.#closeOthers(new Set(primariesOf(map).map(addressName))),
      () => {
        if (this.#map === looking) this.#map = undefined
      },
    )
    return looking
  }

  #closeOthers(names: ReadonlySet<string>): void {
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

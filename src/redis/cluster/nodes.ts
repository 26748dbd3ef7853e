import {setTimeout as wait} from 'node:timers/promises'
import {type Redis, ReplyError} from 'ioredis'
import {ANSWER_MS} from '../ask-once.ts'
import {closeRedis, openCompanion} from '../client.ts'
import {isElsewhere, isRedisAway} from '../failure.ts'
import type {RedisAddress} from '../url.ts'
import {chooseHolder, chooseHolders} from './choose-holder.ts'
import {SilentNodeError} from './silent-node.ts'
import {type Cluster, leadTo} from './slot-connector.ts'
import {addressName, holdersOfEach, type SlotMap} from './slot-map.ts'

/** The servers that hold keys between them, each of which is to be scanned. */
export interface Keyspaces {
  /** Those that answer, one at least. */
  servers: Redis[]
  /** Host and port of those that do not, whose keys cannot be read; sorted. */
  unreachable: string[]
}

/** How long readings follow slots that are not where they were, ms: all those together between two looks at the keyspaces. */
const FOLLOW_MS = 2000

const PAUSE_MS = 50

/** One client for each primary of a cluster, or for a replica of each, for those who read a little of everything. */
export class Nodes {
  readonly #entry: Redis
  readonly #cluster: Cluster
  readonly #clients = new Map<string, Redis>()
  /** Those that did not answer at the last look. */
  #silent: ReadonlySet<string> = new Set()
  #followUntil: number | undefined
  #map: Promise<SlotMap> | undefined

  constructor(entry: Redis, cluster: Cluster) {
    this.#entry = entry
    this.#cluster = cluster
  }

  /** Nodes that have all slots between them now. @throws Error why none answers */
  async keyspaces(): Promise<Keyspaces> {
    this.#followUntil = undefined
    const map = await this.#look()
    const nodes = chooseHolders(map, this.#cluster.readFrom, this.#isConnected).map(addressed)
    const asked = await Promise.all(
      nodes.map(async ({node, name}) => {
        const redis = this.#client(node)
        return {name, redis, fault: await faultOf(redis)}
      }),
    )
    const silent = asked.filter(({fault}) => fault !== undefined)
    if (silent.length === asked.length) throw silent[0].fault
    const unreachable = silent.map(({name}) => name).sort()
    this.#silent = new Set(unreachable)
    return {servers: asked.flatMap(({redis, fault}) => (fault === undefined ? redis : [])), unreachable}
  }

  /**
   * Runs a reading at a node that has a slot; again if the slot is elsewhere by now, or its node is gone.
   * @throws SilentNodeError at once if the node did not answer when the keyspaces were looked at
   */
  async near<T>(slot: number, read: (redis: Redis) => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      let name: string | undefined
      try {
        const holder = await this.#holderOf(slot)
        name = holder.name
        if (this.#silent.has(name)) throw new SilentNodeError(name)
        return await read(this.#client(holder.node))
      } catch (error) {
        if (!(isElsewhere(error) || isRedisAway(error))) throw error
        this.#followUntil ??= performance.now() + FOLLOW_MS
        if (tries > 1 && performance.now() >= this.#followUntil) {
          throw name === undefined || error instanceof ReplyError ? error : new SilentNodeError(name, error)
        }
      }
      this.#map = undefined
      await wait(PAUSE_MS)
    }
  }

  async #holderOf(slot: number) {
    this.#map ??= this.#look()
    return addressed(chooseHolder(await this.#map, slot, this.#cluster.readFrom, this.#isConnected))
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

function addressed(node: RedisAddress) {
  return {node, name: addressName(node)}
}

/** Why a server does not answer in time; undefined if it answers, whatever it says. */
async function faultOf(redis: Redis): Promise<unknown> {
  const over = new AbortController()
  const late = wait(ANSWER_MS, new Error(`no answer within ${ANSWER_MS / 1000} s`), {signal: over.signal})
  const answer = redis.ping().then(
    () => undefined,
    (error: unknown) => (error instanceof ReplyError ? undefined : error),
  )
  try {
    return await Promise.race([answer, late])
  } finally {
    over.abort()
  }
}

import type {Redis} from 'ioredis'
import {openCompanion} from './client.ts'
import {keySlot} from './cluster/key-slot.ts'
import {type Keyspaces, Nodes} from './cluster/nodes.ts'
import {type Cluster, clusterOf, leadTo} from './cluster/slot-connector.ts'
import {nameSlot} from './cluster/unserved.ts'
import {unlessDenied} from './denied.ts'

/** How the keys of a queue are named: on Cluster its name is a hash tag, so that all of them are in one slot. */
export type KeyLayout = 'plain' | 'cluster'

/** The layout of the keys that a client reaches. */
export function layoutOf(redis: Redis): KeyLayout {
  return clusterOf(redis) ? 'cluster' : 'plain'
}

/**
 * The client that reaches a key, which is closed together with `redis`. Where one server holds all keys it is `redis`
 * itself. On Cluster it follows the slot of the key, to its primary or to a replica, and connects with the first command.
 */
export async function clientFor(redis: Redis, key: string): Promise<Redis> {
  const cluster = clusterOf(redis)
  return cluster ? slotClient(redis, cluster, keySlot(key)) : redis
}

/**
 * Runs a reading near a key. Unlike `clientFor` this opens no client of its own for a slot, so that thousands of queues
 * can be read: one for each node serves all.
 * @throws SilentNodeError if the node of the key does not answer; else what `read` throws, once it has followed the slot
 * for two seconds
 */
export async function readNear<T>(redis: Redis, key: string, read: (near: Redis) => Promise<T>): Promise<T> {
  const cluster = clusterOf(redis)
  return cluster ? routesOf(redis, cluster).nodes.near(keySlot(key), read) : read(redis)
}

/**
 * The servers that hold keys between them: on Cluster all primaries, or a replica of each, without those that do not
 * answer. @throws Error why none answers
 */
export async function keyspacesOf(redis: Redis): Promise<Keyspaces> {
  const cluster = clusterOf(redis)
  return cluster ? routesOf(redis, cluster).nodes.keyspaces() : {servers: [redis], unreachable: []}
}

/**
 * Asks for two keys of different slots, since a node of a cluster that is named as a single server would show its own keys
 * as all that there are. @throws ReplyError CROSSSLOT
 */
export async function assertWhole(redis: Redis): Promise<void> {
  if (layoutOf(redis) === 'plain') await unlessDenied(redis.exists('queue:a', 'queue:b'))
}

/** The clients of a cluster that were opened for one client. */
interface Routes {
  entry: Redis
  bySlot: Map<number, Redis>
  nodes: Nodes
}

/** Of each client that follows a slot, and of the one for which it was opened. */
const routes = new WeakMap<Redis, Routes>()

function routesOf(redis: Redis, cluster: Cluster): Routes {
  const known = routes.get(redis)
  if (known) return known
  const made = {entry: redis, bySlot: new Map(), nodes: new Nodes(redis, cluster)}
  routes.set(redis, made)
  return made
}

function slotClient(redis: Redis, cluster: Cluster, slot: number): Redis {
  const shared = routesOf(redis, cluster)
  const known = shared.bySlot.get(slot)
  if (known) return known
  const client = openCompanion(shared.entry, leadTo(cluster, {slot}), (error) =>
    nameSlot(error, slot, cluster),
  )
  routes.set(client, shared)
  shared.bySlot.set(slot, client)
  client.once('end', () => shared.bySlot.delete(slot))
  return client
}

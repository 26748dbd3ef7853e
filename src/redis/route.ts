import type {Redis} from 'ioredis'
import {closeWith, duplicateRedis} from './client.ts'
import {keySlot} from './cluster/key-slot.ts'
import {type Cluster, clusterOf, leadTo} from './cluster/slot-connector.ts'

/** How the keys of a queue are named: on Cluster its name is a hash tag, so that all of them are in one slot. */
export type KeyLayout = 'plain' | 'cluster'

/** The layout of the keys that a client reaches. */
export function layoutOf(redis: Redis): KeyLayout {
  return clusterOf(redis) ? 'cluster' : 'plain'
}

/**
 * The client that reaches a key, which is closed together with `redis`. Where one server holds all keys it is `redis`
 * itself. On Cluster it follows the primary of the slot of the key, and connects with the first command.
 * @throws QtoolError `TOO_FEW_CONNECTIONS`
 */
export async function clientFor(redis: Redis, key: string): Promise<Redis> {
  const cluster = clusterOf(redis)
  return cluster ? slotClient(redis, cluster, keySlot(key)) : redis
}

/** The clients of a cluster that were opened for one client, by slot. */
interface Routes {
  entry: Redis
  bySlot: Map<number, Promise<Redis>>
}

/** Of each such client, and of the one for which they were opened. */
const routes = new WeakMap<Redis, Routes>()

async function slotClient(redis: Redis, cluster: Cluster, slot: number): Promise<Redis> {
  const shared = routes.get(redis) ?? {entry: redis, bySlot: new Map()}
  routes.set(redis, shared)
  const known = shared.bySlot.get(slot)
  if (known) return known
  const opening = openSlot(shared, cluster, slot)
  shared.bySlot.set(slot, opening)
  opening.catch(() => shared.bySlot.delete(slot))
  return opening
}

async function openSlot(shared: Routes, cluster: Cluster, slot: number): Promise<Redis> {
  const {entry, bySlot} = shared
  const client = await duplicateRedis(entry, leadTo(cluster, {slot}))
  routes.set(client, shared)
  closeWith(entry, client)
  // Whoever translates the errors of a command knows only the client that was opened first
  client.on('error', (error: unknown) => entry.emit('error', error))
  client.once('end', () => bySlot.delete(slot))
  return client
}

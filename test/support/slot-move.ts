import {setTimeout as wait} from 'node:timers/promises'
import {PASSWORD, type TestCluster, type TestNode} from './cluster.ts'

/** Keys that one MIGRATE moves. */
const KEYS_PER_STEP = 10

/**
 * Moves the slot of a key to another primary in the old way, key by key, as redis-cli does.
 * @param options.stepMs pause between two steps: the keys of the slot are on both nodes that long
 */
export async function moveSlot(
  cluster: TestCluster,
  key: string,
  {from, to, stepMs = 0}: {from: TestNode; to: TestNode; stepMs?: number},
): Promise<void> {
  const slot = Number(await from.redis.cluster('KEYSLOT', key))
  await to.redis.cluster('SETSLOT', slot, 'IMPORTING', from.id)
  await from.redis.cluster('SETSLOT', slot, 'MIGRATING', to.id)
  for (;;) {
    const keys = (await from.redis.cluster('GETKEYSINSLOT', slot, KEYS_PER_STEP)) as string[]
    if (keys.length === 0) break
    for (const one of keys) {
      await from.redis.call('MIGRATE', '127.0.0.1', to.port, one, 0, 10_000, 'AUTH', PASSWORD)
      await wait(stepMs)
    }
  }
  await to.redis.cluster('SETSLOT', slot, 'NODE', to.id)
  for (const {redis} of cluster.nodes) {
    if (redis !== to.redis) await redis.cluster('SETSLOT', slot, 'NODE', to.id).catch(ifReplica)
  }
}

/** Replicas learn it from their primary. */
function ifReplica(error: Error): void {
  if (!/only with masters/.test(error.message)) throw error
}

import {ReplyError} from 'ioredis'
import {noReplica} from '../replica/no-replica.ts'
import type {RedisAddress} from '../url.ts'
import {holdersOf, holdersOfEach, type Role, type SlotMap} from './slot-map.ts'

/** Tells nodes that are chosen before others: of several replicas, one that is connected already. */
export type IsPreferred = (node: RedisAddress) => boolean

/** A node that holds a slot in a role. @throws ReplyError CLUSTERDOWN, QtoolError NO_REPLICA */
export function chooseHolder(
  map: SlotMap,
  slot: number,
  role: Role,
  isPreferred: IsPreferred = () => false,
): RedisAddress {
  const holder = oneOf(holdersOf(map, slot, role), isPreferred)
  if (holder) return holder
  if (holdersOf(map, slot, 'primary').length > 0) throw noReplica()
  throw clusterDown(`no node serves slot ${slot}`)
}

/** Nodes that hold all slots between them. @throws ReplyError CLUSTERDOWN, QtoolError NO_REPLICA if a primary has none */
export function chooseHolders(map: SlotMap, role: Role, isPreferred: IsPreferred): RedisAddress[] {
  // It would look like a cluster without queues
  if (map.ranges.length === 0) throw clusterDown('no node serves any slot')
  return holdersOfEach(map, role).map((holders) => {
    const holder = oneOf(holders, isPreferred)
    if (!holder) throw noReplica()
    return holder
  })
}

/** Which of several that are alike is left to chance. */
function oneOf(nodes: RedisAddress[], isPreferred: IsPreferred): RedisAddress | undefined {
  return nodes.find(isPreferred) ?? nodes[Math.floor(Math.random() * nodes.length)]
}

/** As a node answers that is asked for such a slot. */
function clusterDown(why: string): Error {
  return new ReplyError(`CLUSTERDOWN ${why}`)
}

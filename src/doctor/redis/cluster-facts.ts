import type {Redis} from 'ioredis'
import {parseInfo} from '../../redis/info.ts'
import type {Asking} from '../asking.ts'

/** A Redis Cluster, as one of its nodes sees it. */
export interface ClusterFacts {
  /** `ok` or `fail`. */
  state: string
  slotsAssigned: number
  slotsFail: number
  slotsPfail: number
  knownNodes: number
  /** Slots that this node gives away or takes over. */
  openSlots: number
}

export async function readCluster(redis: Redis, asking: Asking): Promise<ClusterFacts | null> {
  const read = () => Promise.all([redis.cluster('INFO'), redis.cluster('NODES')])
  const [info, nodes] = (await asking.ask('redis.cluster', read(), ALLOW)) ?? []
  if (info === undefined || nodes === undefined) return null
  const fields = parseInfo(String(info))
  const number = (name: string) => Number(fields.get(name) ?? 0)
  return {
    state: fields.get('cluster_state') ?? 'unknown',
    slotsAssigned: number('cluster_slots_assigned'),
    slotsFail: number('cluster_slots_fail'),
    slotsPfail: number('cluster_slots_pfail'),
    knownNodes: number('cluster_known_nodes'),
    openSlots: [...String(nodes).matchAll(/\[\d+-[<>]-/g)].length,
  }
}

const ALLOW = 'redis-cli ACL SETUSER NAME +cluster|info +cluster|nodes'

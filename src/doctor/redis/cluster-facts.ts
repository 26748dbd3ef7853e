import type {Redis} from 'ioredis'
import {hasSlots, isDown, type KnownNode, knownNodes} from '../../redis/cluster/known-nodes.ts'
import {parseInfo} from '../../redis/info.ts'
import type {Asking} from '../asking.ts'
import type {Successor} from './successors.ts'

/** A Redis Cluster, as one of its nodes sees it. */
export interface ClusterFacts {
  /** `ok` or `fail`. */
  state: string
  slotsAssigned: number
  slotsFail: number
  slotsPfail: number
  knownNodes: number
  /** Host and port of the primaries with slots that this node cannot reach; left out by an older qtool. */
  silentNodes?: string[]
  /** The primaries with slots that this node reaches; left out by an older qtool. */
  primaries?: ClusterPrimary[]
  /** Slots that this node gives away or takes over. */
  openSlots: number
}

export interface ClusterPrimary {
  /** Host and port. */
  address: string
  /** Whether it is the node that was asked. */
  isMyself: boolean
  replicas: Successor[]
}

export async function readCluster(redis: Redis, asking: Asking): Promise<ClusterFacts | null> {
  const read = () => Promise.all([redis.cluster('INFO'), redis.cluster('NODES')])
  const [info, nodes] = (await asking.ask('redis.cluster', read(), ALLOW)) ?? []
  if (info === undefined || nodes === undefined) return null
  const fields = parseInfo(String(info))
  const number = (name: string) => Number(fields.get(name) ?? 0)
  const known = knownNodes(String(nodes))
  return {
    state: fields.get('cluster_state') ?? 'unknown',
    slotsAssigned: number('cluster_slots_assigned'),
    slotsFail: number('cluster_slots_fail'),
    slotsPfail: number('cluster_slots_pfail'),
    knownNodes: number('cluster_known_nodes'),
    silentNodes: known.filter((node) => hasSlots(node) && isDown(node)).map(({address}) => address),
    primaries: primariesOf(known),
    openSlots: [...String(nodes).matchAll(/\[\d+-[<>]-/g)].length,
  }
}

function primariesOf(nodes: KnownNode[]): ClusterPrimary[] {
  return nodes
    .filter((node) => hasSlots(node) && !isDown(node))
    .map(({id, address, flags}) => ({
      address,
      isMyself: flags.includes('myself'),
      replicas: nodes
        .filter(({primary}) => primary === id)
        .map((replica) => ({address: replica.address, fault: faultOf(replica)})),
    }))
}

function faultOf(replica: KnownNode): string | null {
  if (isDown(replica)) return 'is down'
  if (!replica.isConnected) return 'is disconnected'
  return replica.flags.includes('nofailover') ? 'has cluster-replica-no-failover' : null
}

const ALLOW = 'redis-cli ACL SETUSER NAME +cluster|info +cluster|nodes'

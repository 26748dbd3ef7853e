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
  /** Host and port of the primaries with slots that this node cannot reach; left out by an older qtool. */
  silentNodes?: string[]
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
    silentNodes: silentIn(String(nodes)),
    openSlots: [...String(nodes).matchAll(/\[\d+-[<>]-/g)].length,
  }
}

/** Lines of `id host:port@bus flags primary ping pong epoch link slot…`; `fail?` is what only this node thinks. */
function silentIn(nodes: string): string[] {
  return nodes.split('\n').flatMap((line) => {
    const [, address = '', flags = '', , , , , , ...slots] = line.trim().split(' ')
    const is = flags.split(',')
    const isSilent = is.includes('master') && (is.includes('fail') || is.includes('fail?'))
    return isSilent && slots.length > 0 ? address.split('@')[0] : []
  })
}

const ALLOW = 'redis-cli ACL SETUSER NAME +cluster|info +cluster|nodes'

import type {Found} from '../check.ts'
import type {ClusterFacts} from './cluster-facts.ts'
import {describeFaults, isWithoutSuccessor, type Successor} from './successors.ts'
import {figure, type ToldRedis} from './told.ts'

/** Primaries that a finding names; the others are counted. */
const MOST_NAMED = 3

/** Primaries without a replica that could take over. */
export function judgeClusterReplicas(node: ToldRedis & {cluster: ClusterFacts}): Found[] {
  const primaries = (node.cluster.primaries ?? []).map(({address, isMyself, replicas}) => ({
    address,
    replicas: isMyself ? replicas.map((one) => judgeAge(node, one)) : replicas,
  }))
  const bare = primaries.filter(({replicas}) => isWithoutSuccessor(replicas))
  if (bare.length === 0) return []
  const named = bare
    .slice(0, MOST_NAMED)
    .map(({address, replicas}) => `${address} (${describeFaults(replicas) || 'none'})`)
  const more = bare.length > MOST_NAMED ? [`${bare.length - MOST_NAMED} more`] : []
  const isBroken = bare.some(({replicas}) => replicas.length > 0)
  return [
    {
      level: isBroken ? 'critical' : 'warning',
      what: `no replica could take over from ${bare.length} of ${primaries.length} primaries: ${[...named, ...more].join('; ')}`,
      why: 'if such a primary dies, queues in its slots cannot be used until it is back',
      fix: isBroken
        ? 'start these replicas again; on one that may not take over: redis-cli CONFIG SET cluster-replica-no-failover no'
        : 'redis-cli --cluster add-node NEW-HOST:PORT HOST:PORT --cluster-slave, for each of them',
    },
  ]
}

/** A replica that copies nothing is too old to take over after a while, unless its age does not count. */
function judgeAge({info, config}: ToldRedis, replica: Successor): Successor {
  const factor = config?.['cluster-replica-validity-factor']
  const isCut = info.role === 'master' && figure(info, 'connected_slaves') === 0
  if (replica.fault !== null || !isCut || factor === undefined || factor === '0') return replica
  return {...replica, fault: `copies nothing from it, and cluster-replica-validity-factor is ${factor}`}
}

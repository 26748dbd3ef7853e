import type {Check, Found} from '../check.ts'
import {number, plural} from '../words.ts'
import {orderOf, releaseOf} from './advisories.ts'
import type {ClusterFacts} from './cluster-facts.ts'
import {judgeClusterReplicas} from './cluster-replicas.ts'
import type {ToldRedis} from './told.ts'

/** A node of a Redis Cluster. */
export interface ClusterNode extends ToldRedis {
  cluster: ClusterFacts
}

export const CLUSTER_CHECKS: Array<Check<ClusterNode>> = [
  {id: 'cluster.state', title: 'every slot is served', judge: judgeState},
  {
    id: 'cluster.replicas',
    title: 'every primary has a replica that could take over',
    judge: judgeClusterReplicas,
  },
  {id: 'cluster.migration', title: 'slots move at once', judge: judgeMigration},
  {id: 'cluster.open-slots', title: 'no slot is half moved', judge: judgeOpenSlots},
]

const SLOTS = 16_384

function judgeState({cluster}: ClusterNode): Found[] {
  const {state, slotsAssigned, slotsFail, slotsPfail, silentNodes = []} = cluster
  const failing = slotsFail + slotsPfail
  if (state === 'ok' && failing === 0) return []
  const missing = SLOTS - slotsAssigned
  const named = silentNodes.length > 0 ? `: ${silentNodes.join(', ')}` : ''
  const parts = [
    ...(missing > 0 ? [`${plural(missing, 'slot')} belong to no node`] : []),
    ...(failing > 0 ? [`${plural(failing, 'slot')} belong to nodes that do not answer${named}`] : []),
  ]
  return [
    {
      level: 'critical',
      what: state === 'ok' ? parts.join(', ') : [`the state of the Cluster is ${state}`, ...parts].join(', '),
      why:
        state === 'ok'
          ? 'queues in those slots cannot be used'
          : 'queues in those slots cannot be used, and mostly no other either',
      fix:
        named === ''
          ? 'redis-cli --cluster check HOST:PORT, then redis-cli --cluster fix HOST:PORT'
          : 'start these nodes again; redis-cli --cluster check HOST:PORT shows what else is missing',
    },
  ]
}

/** The first branches that move a slot as a whole. */
const ATOMIC = {redis: '8.4', valkey: '9.0'}

function judgeMigration({info}: ClusterNode): Found[] {
  const release = releaseOf(info)
  if (!release || orderOf(release.branch) >= orderOf(ATOMIC[release.server])) return []
  return [
    {
      level: 'warning',
      what: `${release.server} ${release.branch} moves slots key by key`,
      why: 'while a slot moves, the keys of a queue are on two nodes, so enqueue and work wait; a large queue blocks both nodes',
      fix: 'move slots while queues are small, or upgrade to Redis 8.4 or Valkey 9',
    },
  ]
}

function judgeOpenSlots({cluster}: ClusterNode): Found[] {
  if (cluster.openSlots === 0) return []
  return [
    {
      level: 'warning',
      what: `${number(cluster.openSlots)} slots are being moved, or were left half moved`,
      why: 'enqueue and work wait for queues in them (TRYAGAIN, ASK)',
      fix: 'redis-cli --cluster fix HOST:PORT, unless somebody is moving them at the moment',
    },
  ]
}

import {describe, expect, it} from 'vitest'
import {Asking} from '../../src/doctor/asking.ts'
import type {ClusterFacts} from '../../src/doctor/redis/cluster-facts.ts'
import {readCluster} from '../../src/doctor/redis/cluster-facts.ts'
import {judgeClusterReplicas} from '../../src/doctor/redis/cluster-replicas.ts'
import type {ToldRedis} from '../../src/doctor/redis/told.ts'

/** As CLUSTER NODES writes them. */
const PRIMARIES = [
  'a 10.0.0.1:6379@16379 myself,master - 0 1 1 connected 0-8191',
  'b 10.0.0.2:6379@16379 master - 0 1 2 connected 8192-16383',
]
const REPLICAS = [
  'c 10.0.0.3:6379@16379 slave a 0 1 1 connected',
  'd 10.0.0.4:6379@16379 slave b 0 1 2 connected',
]

/** What is found where a node says this. */
async function found(nodes: string[], {info = {}, factor = '10'} = {}) {
  const client = {
    cluster: async (what: string) => (what === 'NODES' ? nodes.join('\n') : 'cluster_state:ok\r\n'),
  } as unknown as Parameters<typeof readCluster>[0]
  const cluster = (await readCluster(client, new Asking())) as ClusterFacts
  const node = {
    info: {role: 'master', connected_slaves: '1', ...info},
    config: {'cluster-replica-validity-factor': factor},
    cluster,
  } as unknown as ToldRedis & {cluster: ClusterFacts}
  return judgeClusterReplicas(node).map(({level, what}) => ({level, what}))
}

const of = (count: number) => `no replica could take over from ${count} of 2 primaries: `

describe('a replica that could take over', () => {
  it('is there of each primary', async () => {
    expect(await found([...PRIMARIES, ...REPLICAS])).toEqual([])
  })

  it.each([
    ['slave,fail', 'connected', 'is down'],
    ['slave,fail?', 'connected', 'is down'],
    ['slave', 'disconnected', 'is disconnected'],
    ['slave,nofailover', 'connected', 'has cluster-replica-no-failover'],
  ])('is missed where the only one is %s and %s', async (flags, link, why) => {
    const faulty = `d 10.0.0.4:6379@16379 ${flags} b 0 1 2 ${link}`
    expect(await found([...PRIMARIES, REPLICAS[0], faulty])).toEqual([
      {level: 'critical', what: `${of(1)}10.0.0.2:6379 (10.0.0.4:6379 ${why})`},
    ])
    const second = 'e 10.0.0.5:6379@16379 slave b 0 1 2 connected'
    expect(await found([...PRIMARIES, REPLICAS[0], faulty, second])).toEqual([])
  })

  it('is missed where there is none at all', async () => {
    expect(await found(PRIMARIES)).toEqual([
      {level: 'warning', what: `${of(2)}10.0.0.1:6379 (none); 10.0.0.2:6379 (none)`},
    ])
  })

  it('is one that copies from its primary, unless its age does not count', async () => {
    const nodes = [...PRIMARIES, ...REPLICAS]
    const cut = {info: {connected_slaves: '0'}}
    expect(await found(nodes, cut)).toEqual([
      {
        level: 'critical',
        what: `${of(1)}10.0.0.1:6379 (10.0.0.3:6379 copies nothing from it, and cluster-replica-validity-factor is 10)`,
      },
    ])
    expect(await found(nodes, {...cut, factor: '0'})).toEqual([])
  })
})

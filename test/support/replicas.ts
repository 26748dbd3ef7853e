import {until} from './cli.ts'
import type {TestCluster, TestNode} from './cluster.ts'
import {startProxy} from './proxy.ts'

/** Host and port, as qtool names a server. */
export const nameOf = ({port}: TestNode): string => `127.0.0.1:${port}`

/** What a server says of its replication. */
export async function replicationOf({redis}: TestNode): Promise<Map<string, string>> {
  const lines = (await redis.info('replication')).split('\r\n')
  return new Map(lines.map((line) => line.split(':', 2) as [string, string]))
}

/** Bytes that a primary has written and its replica has not, as the two say themselves. */
export async function bytesBehind(primary: TestNode, replica: TestNode): Promise<number> {
  const has = Number((await replicationOf(replica)).get('slave_repl_offset'))
  return Number((await replicationOf(primary)).get('master_repl_offset')) - has
}

/** The replicas of all primaries, by name. */
export async function replicasOf(cluster: TestCluster): Promise<TestNode[]> {
  const roles = await Promise.all(cluster.nodes.map(replicationOf))
  const replicas = cluster.nodes.filter((_, i) => roles[i].get('role') === 'slave')
  return replicas.sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))
}

/** Waits until every primary has a replica that has all of it. @param keys one of each primary */
export async function untilCopied(cluster: TestCluster, keys: string[]): Promise<void> {
  await until(async () => {
    const all = await Promise.all(cluster.nodes.map(replicationOf))
    const replicas = all.filter((one) => one.get('role') === 'slave')
    const primaries = all.filter((one) => one.get('role') === 'master')
    return (
      replicas.length === 3 &&
      replicas.every((one) => one.get('master_link_status') === 'up') &&
      primaries.every((one) => one.get('connected_slaves') === '1')
    )
  })
  for (const key of keys) {
    const [primary, replica] = [await cluster.primaryOf(key), await cluster.replicaOf(key)]
    await until(async () => primary !== undefined && (await bytesBehind(primary, replica)) === 0)
  }
}

/** The replica of a key's slot, once it has a copy: one that was restarted has next to nothing. */
export async function copyOf(cluster: TestCluster, key: string): Promise<TestNode> {
  const replica = await cluster.replicaOf(key)
  await until(async () => (await replicationOf(replica)).get('master_link_status') === 'up')
  return replica
}

/** Redis gives a failover up that has taken 5 s, as it may on a busy machine. */
const ASK_AGAIN_MS = 6000

/** Lets the replica of a key's slot take over in agreement with its primary. @returns the new primary */
export async function failOver(cluster: TestCluster, key: string): Promise<TestNode> {
  const replica = await copyOf(cluster, key)
  let askedAt = Number.NEGATIVE_INFINITY
  await until(async () => {
    if ((await cluster.primaryOf(key)) === replica) return true
    if (performance.now() - askedAt > ASK_AGAIN_MS) {
      askedAt = performance.now()
      await replica.redis.cluster('FAILOVER').catch(ifPrimary)
    }
    return false
  })
  return replica
}

/** It may have taken over by now. */
function ifPrimary(error: Error): void {
  if (!/to a replica/.test(error.message)) throw error
}

/** A link between a primary and its replica that can be broken, while clients still reach the primary. */
export interface ReplicationLink {
  primary: TestNode
  replica: TestNode
  /** For qtool. */
  url: string
  /** The network drops all packets between the two. */
  cutOff(): void
  /** Lets them pass, and takes the link away. */
  end(): Promise<void>
}

/** Leads the replica of a key's slot to its primary through a proxy, and waits until it has followed. */
export async function linkOf(cluster: TestCluster, key: string): Promise<ReplicationLink> {
  const [primary, replica] = [await cluster.primaryOf(key), await cluster.replicaOf(key)]
  if (!primary) throw new Error('a slot is not served')
  const link = await startProxy(primary.port)
  await primary.redis.config('SET', 'cluster-announce-port', link.port)
  await until(async () => (await replicationOf(replica)).get('master_port') === String(link.port))
  await untilCopied(cluster, [key])
  return {
    primary,
    replica,
    url: `${cluster.url}?nat=127.0.0.1:${link.port}=${nameOf(primary)}`,
    cutOff: () => link.blackhole(true),
    async end() {
      link.blackhole(false)
      await primary.redis.config('SET', 'cluster-announce-port', 0)
      await link.close()
      await untilCopied(cluster, [key])
    },
  }
}

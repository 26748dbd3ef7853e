import {until} from './cli.ts'
import type {TestCluster, TestNode} from './cluster.ts'

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

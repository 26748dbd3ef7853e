import {Redis} from 'ioredis'
import {freePort} from '../../src/stack/process.ts'
import {formCluster, nodeSettings} from '../../src/stack/redis/form-cluster.ts'
import {startTestRedis, type TestServer} from './server.ts'

/** A node of a test cluster, and a client for it that follows nobody. */
export interface TestNode extends TestServer {
  redis: Redis
  id: string
}

/** A cluster of 3 primaries with a replica each, for one test file. */
export interface TestCluster {
  nodes: TestNode[]
  /** For qtool: names two of the nodes. */
  url: string
  /** The node that serves a key now, as the nodes see it; undefined while none does. */
  primaryOf(key: string): Promise<TestNode | undefined>
  /** A replica of that node. */
  replicaOf(key: string): Promise<TestNode>
  stop(): Promise<void>
}

/** Of every node. */
export const PASSWORD = 'test'
const NODE_TIMEOUT_MS = 1000

/** @param settings more lines of the configuration of each node */
export async function startTestCluster(...settings: string[]): Promise<TestCluster> {
  const nodes = await Promise.all(Array.from({length: 6}, () => startNode(settings)))
  await formCluster(nodes, {primaries: 3, password: PASSWORD})
  for (const node of nodes) node.id = String(await node.redis.cluster('MYID'))
  const [a, b] = nodes
  const find = async (key: string, role: 'master' | 'slave') => {
    for (const node of nodes) {
      const view = await node.redis.cluster('SLOTS').catch(() => undefined)
      if (!view) continue
      const slot = Number(await node.redis.cluster('KEYSLOT', key))
      const range = (view as unknown as Range[]).find(([first, last]) => first <= slot && slot <= last)
      if (!range) continue
      const [, , primary, ...replicas] = range
      const ids = (role === 'master' ? [primary] : replicas).map(([, , id]) => id)
      const found = nodes.find(({id}) => ids.includes(id))
      if (found) return found
    }
    return undefined
  }
  return {
    nodes,
    url: `redis+cluster://:${PASSWORD}@127.0.0.1:${a.port},127.0.0.1:${b.port}`,
    primaryOf: (key) => find(key, 'master'),
    async replicaOf(key) {
      const found = await find(key, 'slave')
      if (!found) throw new Error(`no replica serves ${key}`)
      return found
    },
    async stop() {
      for (const {redis} of nodes) redis.disconnect()
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

type Range = [first: number, last: number, ...nodes: Array<[host: string, port: number, id: string]>]

async function startNode(settings: string[]): Promise<TestNode & {busPort: number}> {
  const busPort = await freePort()
  const own = nodeSettings({busPort, password: PASSWORD, nodeTimeoutMs: NODE_TIMEOUT_MS})
  const server = await startTestRedis(...own, 'appendfsync everysec', ...settings)
  const redis = new Redis({
    port: server.port,
    password: PASSWORD,
    retryStrategy: () => 50,
    maxRetriesPerRequest: 0,
  })
  redis.on('error', () => {})
  return {...server, redis, busPort, id: ''}
}

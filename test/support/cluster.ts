import {setTimeout as wait} from 'node:timers/promises'
import {Redis} from 'ioredis'
import {freePort} from '../../src/stack/process.ts'
import {joinCluster, nodeSettings} from '../../src/stack/redis/form-cluster.ts'
import {startTestRedis, type TestServer} from './server.ts'

/** A node of a test cluster, and a client for it that follows nobody. */
export interface TestNode extends TestServer {
  redis: Redis
  id: string
  /** Undefined without TLS. */
  tlsPort: number | undefined
}

/** A cluster for one test file, by default of 3 primaries with a replica each. */
export interface TestCluster {
  nodes: TestNode[]
  /** For qtool: names two of the nodes. */
  url: string
  /** The same with TLS. */
  tlsUrl: string
  /** The node that serves a key now, as the nodes see it; undefined while none does. */
  primaryOf(key: string): Promise<TestNode | undefined>
  /** A replica of that node, once it has accepted it. */
  replicaOf(key: string): Promise<TestNode>
  stop(): Promise<void>
}

/** Of every node. */
export const PASSWORD = 'test'

/** A busy machine keeps a node waiting for seconds, and must not make others take it for dead. */
const PATIENT_MS = 15_000

/** Where a test kills nodes, and waits until the others know. */
export const QUICK_MS = 2000

/** How long to wait for a replica, ms. */
const REPLICA_MS = 30_000

export interface TestClusterOptions {
  /** Nodes in all, and how many of them are primaries; the others are replicas of these in turn. */
  nodes?: number
  primaries?: number
  /** Lines of the configuration with which nodes speak TLS, also to each other. */
  tls?: string[]
  /** After this time a silent node counts as dead, ms; by default a long one, for tests in which none dies. */
  nodeTimeoutMs?: number
  /** More lines of the configuration of each node. */
  settings?: string[]
}

export async function startTestCluster(options: TestClusterOptions = {}): Promise<TestCluster> {
  const {nodes: count = 6, primaries = 3} = options
  const nodes = await Promise.all(Array.from({length: count}, () => startNode(options)))
  await joinCluster(nodes, {primaries, password: PASSWORD})
  for (const node of nodes) node.id = String(await node.redis.cluster('MYID'))
  const [a, b] = nodes
  const rangeSeenBy = async ({redis}: TestNode, key: string): Promise<Range | undefined> => {
    const slot = Number(await redis.cluster('KEYSLOT', key))
    const view = (await redis.cluster('SLOTS')) as unknown as Range[]
    return view.find(([first, last]) => first <= slot && slot <= last)
  }
  const primaryOf = async (key: string) => {
    for (const node of nodes) {
      const [, , primary] = (await rangeSeenBy(node, key).catch(() => undefined)) ?? []
      if (primary) return nodes.find(({id}) => id === primary[2])
    }
    return undefined
  }
  const replicaOf = async (key: string) => {
    const primary = await primaryOf(key)
    const [, , seen, replica] = (primary && (await rangeSeenBy(primary, key).catch(() => undefined))) ?? []
    return seen && seen[2] === primary?.id ? nodes.find(({id}) => id === replica?.[2]) : undefined
  }
  return {
    nodes,
    url: `redis+cluster://:${PASSWORD}@127.0.0.1:${a.port},127.0.0.1:${b.port}`,
    tlsUrl: `redis+clusters://:${PASSWORD}@127.0.0.1:${a.tlsPort},127.0.0.1:${b.tlsPort}`,
    primaryOf,
    async replicaOf(key) {
      for (const until = performance.now() + REPLICA_MS; performance.now() < until; ) {
        const found = await replicaOf(key)
        if (found) return found
        await wait(5)
      }
      throw new Error(`no replica of ${key} came up in time`)
    },
    async stop() {
      for (const {redis} of nodes) redis.disconnect()
      await Promise.all(nodes.map((node) => node.stop()))
    },
  }
}

type Range = [first: number, last: number, ...nodes: Array<[host: string, port: number, id: string]>]

async function startNode({
  tls,
  nodeTimeoutMs = PATIENT_MS,
  settings = [],
}: TestClusterOptions): Promise<TestNode> {
  const own = nodeSettings({busPort: await freePort(), nodeTimeoutMs})
  const tlsPort = tls ? await freePort() : undefined
  const secured = tls ? [`tls-port ${tlsPort}`, 'tls-cluster yes', 'tls-replication yes', ...tls] : []
  const server = await startTestRedis(...own, ...secured, ...settings)
  const redis = new Redis({
    port: server.port,
    password: PASSWORD,
    retryStrategy: () => 50,
    maxRetriesPerRequest: 0,
    commandTimeout: 2000,
  })
  redis.on('error', () => {})
  return {...server, redis, tlsPort, id: ''}
}

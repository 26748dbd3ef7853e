import {setTimeout as wait} from 'node:timers/promises'
import {startTestCluster, type TestNode} from '../../support/cluster.ts'
import {startProxy} from '../../support/proxy.ts'
import {moveSlot} from '../../support/slot-move.ts'
import {allOf} from './all-of.ts'
import {DURABLE, type Store, through} from './store.ts'

/** Longer than a killed node is away: a replica that took over without agreement could lose what it had not received. */
const NODE_TIMEOUT_MS = 6000

export async function startCluster(): Promise<Store> {
  const cluster = await startTestCluster({nodeTimeoutMs: NODE_TIMEOUT_MS, settings: DURABLE})
  const proxies = await Promise.all(cluster.nodes.map(({port}) => startProxy(port)))
  const proxyOf = ({port}: {port: number}) => proxies[cluster.nodes.findIndex((node) => node.port === port)]
  const nat = cluster.nodes.map((node) => `127.0.0.1:${node.port}=127.0.0.1:${proxyOf(node).port}`)
  const [a, b] = proxies
  const keyOf = (queue: string) => `queue:{${queue}}`
  const primaryOf = async (queue: string): Promise<TestNode> => {
    const found = await cluster.primaryOf(keyOf(queue))
    if (!found) throw new Error(`no node serves ${queue}`)
    return found
  }
  return {
    url: `redis+cluster://:test@127.0.0.1:${a.port},127.0.0.1:${b.port}?nat=${nat.join(',')}`,
    proxy: allOf(proxies),
    // Only a replica that is in step takes over
    replicas: 0,
    records: 20_000,
    tag: (queue) => `{${queue}}`,
    serverOf: primaryOf,
    producerUrl: async (queue) => {
      const node = await primaryOf(queue)
      return through(node.url, proxyOf(node).port)
    },
    servers: cluster.nodes.map(({url}) => url),
    faults: {
      failOver: async (queue) => {
        const replica = await cluster.replicaOf(keyOf(queue))
        await replica.redis.cluster('FAILOVER')
        for (let tries = 0; tries < 100 && (await primaryOf(queue)) !== replica; tries++) await wait(50)
        return `node ${replica.port} was told to take over`
      },
      moveSlot: async (queue) => {
        const from = await primaryOf(queue)
        const others = await Promise.all(['{a}', '{b}', '{c}'].map((key) => cluster.primaryOf(key)))
        const to = others.find((node) => node !== undefined && node !== from)
        if (!to) return 'not done: there is no other primary'
        await moveSlot(cluster, keyOf(queue), {from, to, stepMs: 10})
        return `slot moved from node ${from.port} to ${to.port}`
      },
    },
    stop: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await cluster.stop()
    },
  }
}

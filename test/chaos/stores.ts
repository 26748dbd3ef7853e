import {setTimeout as wait} from 'node:timers/promises'
import {startTestCluster, type TestNode} from '../support/cluster.ts'
import {type FaultProxy, startProxy} from '../support/proxy.ts'
import {startTestRedis} from '../support/server.ts'
import {moveSlot} from '../support/slot-move.ts'

/** The Redis of a run: one server, or a cluster. */
export interface Store {
  /** For qtool, behind the proxy. */
  url: string
  proxy: FaultProxy
  /** How the name of a queue stands in its keys. */
  tag(queue: string): string
  /** The server that has a queue now, not behind the proxy. */
  serverOf(queue: string): Promise<{url: string; crash(): Promise<void>; start(): Promise<void>}>
  /** The same for a producer: its URL behind the proxy. */
  producerUrl(queue: string): Promise<string>
  /** Every server, for those who watch. */
  servers: string[]
  /** Faults that this store has beside those of all. */
  faults: Record<string, (queue: string) => Promise<string>>
  stop(): Promise<void>
}

const DURABLE = ['appendonly yes', 'appendfsync always']

export async function startSingle(): Promise<Store> {
  const server = await startTestRedis(...DURABLE)
  const proxy = await startProxy(server.port)
  const url = through(server.url, proxy.port)
  return {
    url,
    proxy,
    tag: (queue) => queue,
    serverOf: async () => server,
    producerUrl: async () => url,
    servers: [server.url],
    faults: {},
    stop: async () => {
      await proxy.close()
      await server.stop()
    },
  }
}

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

function through(url: string, port: number): string {
  return Object.assign(new URL(url), {port: String(port)}).href
}

/** Several proxies that break connections together. */
function allOf(proxies: FaultProxy[]): FaultProxy {
  const [first] = proxies
  const each =
    <A extends unknown[]>(act: (proxy: FaultProxy, ...args: A) => void) =>
    (...args: A) => {
      for (const proxy of proxies) act(proxy, ...args)
    }
  return {
    port: first.port,
    get connections() {
      return proxies.reduce((sum, proxy) => sum + proxy.connections, 0)
    },
    cut: each((proxy) => proxy.cut()),
    blackhole: each((proxy, what: boolean | 'replies') => proxy.blackhole(what)),
    delay: each((proxy, ms: number) => proxy.delay(ms)),
    dribble: each((proxy, bytes: number) => proxy.dribble(bytes)),
    refuse: each((proxy, on: boolean) => proxy.refuse(on)),
    onRequest: (pattern, action, times) =>
      Promise.race(proxies.map((proxy) => proxy.onRequest(pattern, action, times))),
    forget: each((proxy) => proxy.forget()),
    close: async () => {
      await Promise.all(proxies.map((proxy) => proxy.close()))
    },
  }
}

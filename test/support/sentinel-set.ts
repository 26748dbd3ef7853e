import {Redis, type RedisOptions} from 'ioredis'
import type {Pair} from './certificates.ts'
import {type FaultProxy, startProxy} from './proxy.ts'
import {startSentinel, type TestSentinel} from './sentinel.ts'
import {startTestRedis, type TestServer} from './server.ts'
import {until} from './until.ts'

/** A primary and a replica that take turns, and three sentinels that watch them under the name `main`. */
export interface SentinelSet {
  /** `redis+sentinel://`, without a login to the sentinels. */
  url: string
  /** The two servers, in the order in which they were started: the first one was the primary. */
  servers: [TestServer, TestServer]
  sentinels: TestSentinel[]
  /** Those before the servers, in the same order; none without `proxied`. */
  proxies: FaultProxy[]
  /** The port at which the sentinels say that the primary is. */
  primaryPort(): Promise<number>
  /** A client of the server that is the primary now; the caller disconnects it. */
  primary(): Promise<Redis>
  /** Tells a sentinel to promote the replica. */
  failover(): Promise<void>
  stop(): Promise<void>
}

export interface SetOptions {
  /** After this time a silent server counts as dead, ms; by default a long one, for tests in which none dies. */
  downAfterMs?: number
  /** After this time a failover is given up; another one begins after twice as long. */
  failoverMs?: number
  /** More lines of the configuration of the servers. */
  settings?: string[]
  /** Whether each server is known, to sentinels and to the other one as well, only by the port of a proxy before it. */
  proxied?: boolean
  /** TLS for servers and sentinels. */
  tls?: Pair & {ca: string; ports: [number, number]}
  /** Password of the sentinels. */
  password?: string
}

/** A busy machine keeps a server waiting for seconds, and must not make sentinels take it for dead. */
const PATIENT_MS = 15_000

/** Where a test kills the primary, and waits until the sentinels know. */
export const QUICK_MS = 1000

/** Starts a set that can fail over. */
export async function startSentinelSet(options: SetOptions = {}): Promise<SentinelSet> {
  const {downAfterMs = PATIENT_MS, failoverMs = 10_000, settings = [], tls, password} = options
  const secured = tls
    ? [
        `tls-cert-file ${tls.cert}`,
        `tls-key-file ${tls.key}`,
        `tls-ca-cert-file ${tls.ca}`,
        'tls-auth-clients optional',
        'tls-replication yes',
      ]
    : []
  const servers: TestServer[] = []
  const proxies = options.proxied
    ? await Promise.all([0, 1].map((i) => startProxy(() => servers[i].port)))
    : []
  const server = (i: number, ...more: string[]) =>
    // A replica that comes back is in step at once
    startTestRedis(
      'masterauth test',
      'repl-diskless-sync-delay 0',
      ...secured,
      ...(tls ? [`tls-port ${tls.ports[i]}`] : []),
      ...(options.proxied
        ? [`replica-announce-ip 127.0.0.1`, `replica-announce-port ${proxies[i].port}`]
        : []),
      ...settings,
      ...more,
    )
  servers.push(await server(0))
  const firstPort = proxies[0]?.port ?? tls?.ports[0] ?? servers[0].port
  servers.push(await server(1, `replicaof 127.0.0.1 ${firstPort}`))
  const [first, second] = servers
  const client: RedisOptions = {
    ...(tls && {tls: {rejectUnauthorized: false}}),
    ...(password && {password}),
  }
  const sentinels: TestSentinel[] = []
  for (let i = 0; i < 3; i++) {
    sentinels.push(
      await startSentinel(firstPort, {
        quorum: 2,
        settings: [
          `down-after-milliseconds ${downAfterMs}`,
          `failover-timeout ${failoverMs}`,
          'parallel-syncs 1',
        ],
        lines: [
          ...secured,
          ...(tls ? ['port 0'] : []),
          ...(password ? [`requirepass "${password}"`, `sentinel sentinel-pass "${password}"`] : []),
        ],
        client,
      }),
    )
  }
  const ask = async <R>(use: (sentinel: Redis) => Promise<R>): Promise<R> => {
    const sentinel = new Redis({port: sentinels[0].port, ...client})
    return use(sentinel).finally(() => sentinel.disconnect())
  }
  const primaryPort = () =>
    ask(async (sentinel) =>
      Number(((await sentinel.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'main')) as string[])[1]),
    )
  await until(() => ask(canFailOver))
  const scheme = tls ? 'redis+sentinels' : 'redis+sentinel'
  const hosts = sentinels.map(({port}) => `127.0.0.1:${port}`).join(',')
  return {
    url: `${scheme}://:test@${hosts}/main`,
    servers: [first, second],
    sentinels,
    proxies,
    primaryPort,
    async primary() {
      const port = await primaryPort()
      return new Redis({port, password: 'test', ...(tls && {tls: {rejectUnauthorized: false}})})
    },
    async failover() {
      await ask((sentinel) => sentinel.call('SENTINEL', 'FAILOVER', 'main'))
    },
    async stop() {
      await Promise.all(proxies.map((proxy) => proxy.close()))
      await Promise.all([...sentinels, ...servers].map((one) => one.stop()))
    },
  }
}

/** Whether a sentinel knows the replica, as one in touch with its primary, and both other sentinels. */
async function canFailOver(sentinel: Redis): Promise<boolean> {
  const [replica = []] = (await sentinel.call('SENTINEL', 'REPLICAS', 'main')) as string[][]
  const others = (await sentinel.call('SENTINEL', 'SENTINELS', 'main')) as string[][]
  const of = (flat: string[], field: string) => flat[flat.indexOf(field) + 1]
  return (
    of(replica, 'master-link-status') === 'ok' &&
    others.length === 2 &&
    others.every((one) => of(one, 'runid') !== '')
  )
}

import {QUICK_MS, startSentinelSet} from '../../support/sentinel-set.ts'
import {until} from '../../support/until.ts'
import {allOf} from './all-of.ts'
import {DURABLE, type Store, through} from './store.ts'

/** How long a sentinel of three stands still, ms: longer than the others need to fail over. */
const SENTINEL_MS = 3000

/** A primary, its replica, and three sentinels. Sentinels and replication pass the proxies as well, so a cut reaches them. */
export async function startSentinels(): Promise<Store> {
  const set = await startSentinelSet({
    proxied: true,
    downAfterMs: QUICK_MS,
    failoverMs: 3000,
    settings: DURABLE,
  })
  const {servers, proxies, sentinels} = set
  const primary = async () => {
    const port = await set.primaryPort()
    return servers[proxies.findIndex((proxy) => proxy.port === port)]
  }
  const untilAnother = (former: number) => until(async () => (await set.primaryPort()) !== former)
  return {
    url: set.url,
    proxy: allOf(proxies),
    replicas: 1,
    records: 4_000,
    tag: (queue) => queue,
    serverOf: primary,
    producerUrl: async () => through(servers[0].url, await set.primaryPort()),
    servers: servers.map(({url}) => url),
    faults: {
      failOver: async () => {
        const former = await set.primaryPort()
        await set.failover()
        await untilAnother(former)
        return `the sentinels promoted another server than ${former}`
      },
      killPrimary: async () => {
        const [former, server] = [await set.primaryPort(), await primary()]
        await server.crash()
        await untilAnother(former).finally(() => server.start())
        return `primary ${former} killed, back after another was promoted`
      },
      hangPrimary: async () => {
        const [former, server] = [await set.primaryPort(), await primary()]
        server.freeze()
        // It wakes up as a primary, and is told that it is a replica later
        await untilAnother(former).finally(() => server.thaw())
        return `primary ${former} stood still until another was promoted`
      },
      hangSentinel: async () => {
        // The first one is asked by this program
        const [, sentinel] = sentinels
        sentinel.freeze()
        setTimeout(() => sentinel.thaw(), SENTINEL_MS)
        return `a sentinel stands still for ${SENTINEL_MS} ms`
      },
    },
    stop: () => set.stop(),
  }
}

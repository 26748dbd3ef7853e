import {startProxy} from '../../support/proxy.ts'
import {startTestRedis} from '../../support/server.ts'
import {DURABLE, type Store, through} from './store.ts'

export async function startNode(): Promise<Store> {
  const server = await startTestRedis(...DURABLE)
  const proxy = await startProxy(server.port)
  const url = through(server.url, proxy.port)
  return {
    url,
    proxy,
    replicas: 0,
    records: 20_000,
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

import {once} from 'node:events'
import {type AddressInfo, connect, createServer, type Socket} from 'node:net'
import {Redis} from 'ioredis'
import {until} from './cli.ts'
import {startProxy} from './proxy.ts'
import {startTestRedis, type TestServer} from './server.ts'

/** A primary and a replica whose link can be broken, behind an address that leads to the primary. */
export interface LaggingPair {
  /** The address that clients use. */
  url: string
  primary: TestServer
  replica: TestServer
  /** A client of the server that is the primary now. */
  client(): Redis
  /** The network drops all packets between the two: the replica hears of no write any more. */
  cutOff(): void
  /** The primary dies, the replica is promoted, and the address leads to it. */
  failOver(): Promise<void>
  /** The primary that died comes back, as the replica of the other. */
  comeBack(): Promise<void>
  stop(): Promise<void>
}

/** Starts a pair, and waits until the replica is in touch with its primary. */
export async function startLaggingPair(): Promise<LaggingPair> {
  const primary = await startTestRedis('repl-ping-replica-period 1', 'repl-diskless-sync-delay 0')
  const link = await startProxy(primary.port)
  const replica = await startTestRedis('masterauth test', `replicaof 127.0.0.1 ${link.port}`)
  const address = await startSwitch(primary.port)
  const clients: Redis[] = []
  const clientOf = (port: number) => {
    const client = new Redis({port, password: 'test'})
    client.on('error', () => {})
    clients.push(client)
    return client
  }
  const ofReplica = clientOf(replica.port)
  await until(async () => (await ofReplica.info('replication')).includes('master_link_status:up'))
  let current = primary
  return {
    url: `redis://:test@127.0.0.1:${address.port}/0`,
    primary,
    replica,
    client: () => clientOf(current.port),
    cutOff: () => link.blackhole(true),
    async failOver() {
      await primary.crash()
      await ofReplica.replicaof('NO', 'ONE')
      current = replica
      address.leadTo(replica.port)
    },
    async comeBack() {
      await primary.start()
      const former = clientOf(primary.port)
      await former.config('SET', 'masterauth', 'test')
      await former.replicaof('127.0.0.1', replica.port)
    },
    async stop() {
      for (const client of clients) client.disconnect()
      address.close()
      link.blackhole(false)
      await link.close()
      await Promise.all([primary.stop(), replica.stop()])
    },
  }
}

/** An address whose connections lead to another port after `leadTo`. */
async function startSwitch(first: number) {
  let target = first
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const to = connect(target, '127.0.0.1')
    for (const [one, other] of [
      [client, to],
      [to, client],
    ]) {
      sockets.add(one)
      one.on('error', () => {})
      one.once('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    leadTo(port: number) {
      target = port
    },
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

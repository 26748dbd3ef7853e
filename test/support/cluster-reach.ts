import {randomUUID} from 'node:crypto'
import {Redis} from 'ioredis'
import {afterAll} from 'vitest'
import {closeRedis} from '../../src/redis/client.ts'
import {keySlot} from '../../src/redis/cluster/key-slot.ts'
import {leadTo} from '../../src/redis/cluster/slot-connector.ts'
import {Topology} from '../../src/redis/cluster/topology.ts'
import {openRedis} from '../../src/redis/connect.ts'
import {queueKeys} from '../../src/redis/keys.ts'
import {clientFor} from '../../src/redis/route.ts'
import type {EngineUnderTest} from '../queue/conformance/tested-queue.ts'
import {PASSWORD, type TestCluster, type TestNode} from './cluster.ts'
import type {Reach} from './context.ts'

type Range = [first: number, last: number, primary: [host: string, port: number]]

/**
 * Reaches queues of a cluster in which nothing fails. What tests look at of them is in one slot, so that one client
 * reaches it. What is kept under the name of a spread queue is on the same node; its other shards are wherever they are.
 * @param find the cluster, once it runs
 * @param keysOf the keys that tests look at
 */
export function clusterReach(find: () => TestCluster, keysOf: EngineUnderTest['keysOf'] = queueKeys): Reach {
  const keyOf = (name: string) => keysOf(name, 'cluster').ready
  const first = keyOf(nameOfTest())
  const slot = keySlot(first)
  const entries: Redis[] = []
  let primary: TestNode | undefined
  let ranges: Range[] = []
  const isHere = (key: string) => ranges.some(([from, to]) => from <= keySlot(key) && keySlot(key) <= to)
  afterAll(() => {
    for (const entry of entries) closeRedis(entry)
  })
  return {
    async connect() {
      primary = await find().primaryOf(first)
      const all = (await primary?.redis.call('CLUSTER', 'SLOTS')) as Range[]
      ranges = all.filter(([, , [, port]]) => port === primary?.port)
      const {redis} = await openRedis(find().url, {})
      entries.push(redis)
      return clientFor(redis, first)
    },
    newName() {
      for (;;) {
        const name = nameOfTest()
        if (keySlot(keyOf(name)) === slot && isHere(queueKeys(name, 'cluster').ready)) return name
      }
    },
    port: () => primary?.port ?? 0,
    through(proxyPort, options) {
      const proxy = {host: '127.0.0.1', port: proxyPort}
      const nat = new Map([[`127.0.0.1:${primary?.port}`, proxy]])
      const topology = new Topology([proxy], nat, {password: PASSWORD})
      const client = new Redis({
        ...leadTo({topology, readFrom: 'primary', reconnectMs: 5000, commandMs: 10_000}, {slot}),
        password: PASSWORD,
        ...options,
      })
      return client.on('error', () => {})
    },
  }
}

function nameOfTest(): string {
  return `test-${randomUUID()}`
}

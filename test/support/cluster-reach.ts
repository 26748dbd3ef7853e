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
import {PASSWORD, type TestCluster, type TestNode} from './cluster.ts'
import type {Reach} from './context.ts'

/** A queue whose slot all queues of a test file share, so that one client reaches them. */
const FIRST = `test-${randomUUID()}`
const KEY = queueKeys(FIRST, 'cluster').ready
const SLOT = keySlot(KEY)

/** Reaches queues of a cluster in which nothing fails. @param find the cluster, once it runs */
export function clusterReach(find: () => TestCluster): Reach {
  const entries: Redis[] = []
  let primary: TestNode | undefined
  afterAll(() => {
    for (const entry of entries) closeRedis(entry)
  })
  return {
    async connect() {
      primary = await find().primaryOf(KEY)
      const {redis} = await openRedis(find().url, {})
      entries.push(redis)
      return clientFor(redis, KEY)
    },
    newName,
    port: () => primary?.port ?? 0,
    through(proxyPort, options) {
      const proxy = {host: '127.0.0.1', port: proxyPort}
      const nat = new Map([[`127.0.0.1:${primary?.port}`, proxy]])
      const topology = new Topology([proxy], nat, {password: PASSWORD})
      const client = new Redis({
        ...leadTo({topology, readFrom: 'primary', reconnectMs: 5000, commandMs: 10_000}, {slot: SLOT}),
        password: PASSWORD,
        ...options,
      })
      return client.on('error', () => {})
    },
  }
}

function newName(): string {
  for (;;) {
    const name = `test-${randomUUID()}`
    if (keySlot(queueKeys(name, 'cluster').ready) === SLOT) return name
  }
}

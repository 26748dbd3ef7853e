import type {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest'
import {closeRedis} from '../../../src/redis/client.ts'
import {keySlot} from '../../../src/redis/cluster/key-slot.ts'
import {type OpenRedis, openRedis} from '../../../src/redis/connect.ts'
import {clientFor, layoutOf} from '../../../src/redis/route.ts'
import {until} from '../../support/cli.ts'
import {startTestCluster, type TestCluster} from '../../support/cluster.ts'

let cluster: TestCluster
let open: OpenRedis | undefined

beforeAll(async () => {
  cluster = await startTestCluster()
})
afterAll(() => cluster.stop())
afterEach(() => {
  if (open) closeRedis(open.redis)
})

async function entry(url = cluster.url): Promise<Redis> {
  open = await openRedis(url, {})
  return open.redis
}

async function portOf(redis: Redis): Promise<number> {
  return Number(/tcp_port:(\d+)/.exec(await redis.info('server'))?.[1])
}

it('computes slots as the server does', async () => {
  const [{redis}] = cluster.nodes
  for (const key of ['a', 'queue:{x}', '{x', 'a{}b{c}', 'x{y}{z}', 'ü{ß}', '', '{{a}}', 'a}b{c}']) {
    expect([key, keySlot(key)]).toEqual([key, await redis.cluster('KEYSLOT', key)])
  }
})

it('opens a client for each slot, which reaches its primary', async () => {
  const redis = await entry()
  expect(layoutOf(redis)).toBe('cluster')
  for (const key of ['a', 'b', 'c', 'd', 'e']) {
    const client = await clientFor(redis, key)
    await client.set(key, 1)
    expect(await portOf(client)).toBe((await cluster.primaryOf(key))?.port)
    expect(await clientFor(client, key)).toBe(client)
  }
})

it('closes them with the client for which they were opened', async () => {
  const redis = await entry()
  const client = await clientFor(redis, 'a')
  await client.ping()
  closeRedis(redis)
  await until(() => client.status === 'end' && redis.status === 'end')
})

it('follows the slot after a failover, and sends what was refused again', async () => {
  const redis = await entry()
  const client = await clientFor(redis, 'follow')
  await client.set('follow', 0)
  const replica = await cluster.replicaOf('follow')
  await replica.redis.cluster('FAILOVER')
  let sent = 0
  while ((await portOf(client)) !== replica.port) expect(await client.set('follow', ++sent)).toBe('OK')
  expect(await replica.redis.get('follow')).toBe(String(sent))
})

import {once} from 'node:events'
import {type AddressInfo, createServer} from 'node:net'
import type {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, expect, inject, it} from 'vitest'
import {closeRedis} from '../../../src/redis/client.ts'
import {keySlot} from '../../../src/redis/cluster/key-slot.ts'
import {type OpenRedis, openRedis} from '../../../src/redis/connect.ts'
import {clientFor, layoutOf} from '../../../src/redis/route.ts'
import {until} from '../../support/cli.ts'
import {QUICK_MS, startTestCluster, type TestCluster} from '../../support/cluster.ts'
import {startProxy} from '../../support/proxy.ts'
import {copyOf, failOver} from '../../support/replicas.ts'

let cluster: TestCluster
let open: OpenRedis | undefined

beforeAll(async () => {
  cluster = await startTestCluster({nodeTimeoutMs: QUICK_MS})
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

it('reaches nodes that announce addresses of another network', async () => {
  const proxies = await Promise.all(cluster.nodes.map(({port}) => startProxy(port)))
  const map = cluster.nodes.map(({port}, i) => `127.0.0.1:${port}=127.0.0.1:${proxies[i].port}`)
  const redis = await entry(`redis+cluster://:test@127.0.0.1:${proxies[3].port}?nat=${map.join(',')}`)
  for (const key of ['a', 'b', 'c']) {
    const client = await clientFor(redis, key)
    expect(await portOf(client)).toBe((await cluster.primaryOf(key))?.port)
    expect(proxies.map(({port}) => port)).toContain(client.stream.remotePort)
  }
  closeRedis(redis)
  await Promise.all(proxies.map((proxy) => proxy.close()))
})

it('needs no right of its own but CLUSTER SLOTS, and says so without it', async () => {
  const user = (...rules: string[]) =>
    Promise.all(cluster.nodes.map((node) => node.redis.acl('SETUSER', 'app', 'on', '>pw', '~*', ...rules)))
  await user('-@all', '+set', '+info', '+client|setname', '+cluster|slots')
  const url = cluster.url.replace('//:test@', '//app:pw@')
  const client = await clientFor(await entry(url), 'a')
  expect(await client.set('a', 1)).toBe('OK')
  closeRedis(client)
  await user('-cluster|slots')
  await expect(openRedis(url, {})).rejects.toMatchObject({
    code: 'NOPERM',
    message: expect.stringContaining('cluster|slots'),
  })
  await expect(openRedis(cluster.url.replace('test@', 'wrong@'), {})).rejects.toMatchObject({
    code: 'WRONGPASS',
  })
})

it('is refused by a single server, and says how to name that', async () => {
  const url = inject('redisUrl')
    .replace(/^redis:/, 'redis+cluster:')
    .replace(/\/0$/, '')
  await expect(openRedis(url, {})).rejects.toMatchObject({
    kind: 'usage',
    suggestions: [expect.stringContaining('redis://')],
  })
})

it('asks another node where the first one does not answer', async () => {
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  const {port} = silent.address() as AddressInfo
  // Which never does
  const redis = await entry(`redis+cluster://:test@127.0.0.1:${port},127.0.0.1:${cluster.nodes[4].port}`)
  expect(await (await clientFor(redis, 'a')).ping()).toBe('PONG')
  silent.close()
})

it('follows the slot after a failover, and sends what was refused again', async () => {
  const redis = await entry()
  const client = await clientFor(redis, 'follow')
  await client.set('follow', 0)
  const replica = await copyOf(cluster, 'follow')
  const failing = failOver(cluster, 'follow')
  let sent = 0
  while ((await portOf(client)) !== replica.port) expect(await client.set('follow', ++sent)).toBe('OK')
  await failing
  expect(await replica.redis.get('follow')).toBe(String(sent))
})

it('leaves a node that hangs, and has what it was asked answered by the next', async () => {
  open = await openRedis(cluster.url, {commandMs: 10_000})
  const client = await clientFor(open.redis, 'hang')
  await client.set('hang', 0)
  const primary = await cluster.primaryOf('hang')
  primary?.freeze()
  try {
    expect(await client.set('hang', 1)).toBe('OK')
    expect(await portOf(client)).not.toBe(primary?.port)
  } finally {
    primary?.thaw()
  }
})

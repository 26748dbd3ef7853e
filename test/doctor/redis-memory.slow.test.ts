import {createConnection, type Socket} from 'node:net'
import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {examineRedis, ills} from './examine.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('enable-debug-command local', 'slowlog-log-slower-than 1000000')
  redis = new Redis(server.url)
})

afterEach(async () => {
  await redis.config('SET', 'maxmemory', '0')
  await redis.config('SET', 'maxmemory-policy', 'noeviction')
  await redis.flushall()
  await redis.script('FLUSH')
  await redis.slowlog('RESET')
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

async function used(): Promise<number> {
  return Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1])
}

it('finds nothing wrong with a healthy Redis', async () => {
  expect(await examineRedis(server.url)).toEqual([])
})

it.each(['allkeys-lru', 'volatile-ttl'])('finds the eviction policy %s', async (policy) => {
  await redis.config('SET', 'maxmemory-policy', policy)
  expect(await examineRedis(server.url)).toEqual(['warning redis.eviction'])
  await redis.config('SET', 'maxmemory', '1gb')
  expect(await examineRedis(server.url)).toEqual(['critical redis.eviction'])
})

it('finds a memory that is nearly full, and one that is all but full', async () => {
  // Large enough that what the doctor itself takes makes no difference
  await redis.call('DEBUG', 'POPULATE', 100_000, 'ballast', 150)
  await redis.slowlog('RESET')
  const bytes = await used()
  await redis.config('SET', 'maxmemory', String(Math.round(bytes / 0.85)))
  expect(await examineRedis(server.url)).toEqual(['warning redis.memory'])
  await redis.config('SET', 'maxmemory', String(Math.round(bytes / 0.95)))
  expect(await examineRedis(server.url)).toEqual(['critical redis.memory'])
})

it('finds fragmented memory', async () => {
  await redis.call('DEBUG', 'POPULATE', 400_000, 'key', 150)
  const sparse = `for i = 0, 399999 do if i % 10 > 0 then redis.call('UNLINK', 'key:' .. i) end end`
  await redis.eval(sparse, 0)
  await redis.slowlog('RESET')
  await redis.script('FLUSH')
  const ratio = async () => Number(/^allocator_frag_ratio:(.*)/m.exec(await redis.info('memory'))?.[1])
  await until(async () => (await ratio()) > 1.2)
  expect(await examineRedis(server.url)).toEqual(['warning redis.fragmentation'])
})

it('finds a client that does not read its answers, and who it is', async () => {
  await redis.setrange('large', 20_000_000, 'x')
  const socket = await silentReader()
  try {
    await until(async () => / name=sloth .* omem=[1-9]\d{6}/.test(String(await redis.client('LIST'))))
    // Of the memory that the test before has left idle, the allocator gives back what it likes
    const all = await ills(server.url)
    const findings = all.filter(({check}) => check !== 'redis.fragmentation')
    expect(findings).toMatchObject([{level: 'warning', check: 'redis.buffers'}])
    expect(findings[0].what).toContain('"sloth"')
  } finally {
    socket.destroy()
  }
})

/** Asks for what takes up much, and never reads it. */
async function silentReader(): Promise<Socket> {
  const socket = createConnection(server.port, '127.0.0.1').pause()
  socket.write('AUTH test\r\nCLIENT SETNAME sloth\r\nGET large\r\n')
  return socket
}

it('finds scripts with values written into them', async () => {
  for (let i = 0; i <= 1000; i++) await redis.script('LOAD', `return ${i}`)
  expect(await examineRedis(server.url)).toEqual(['warning redis.scripts'])
})

import {readFileSync} from 'node:fs'
import {type AddressInfo, createServer, type Server} from 'node:net'
import {Redis} from 'ioredis'
import pg from 'pg'
import {afterAll, expect, inject, it, vi} from 'vitest'
import {startUsage} from '../../../src/bench/measure/usage.ts'
import {parseInfo} from '../../../src/redis/info.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
const closers: Array<() => void> = []

afterAll(() => {
  for (const close of closers) close()
})

/** Keeps Redis busy for ARGV[1] ms, by its own clock. */
const BUSY = `local from = redis.call('TIME')
repeat
  local now = redis.call('TIME')
until (now[1] - from[1]) * 1000000 + now[2] - from[2] > tonumber(ARGV[1]) * 1000`

async function redisCpuMs(): Promise<number> {
  const info = parseInfo(await context.redis.info('cpu'))
  return (Number(info.get('used_cpu_user')) + Number(info.get('used_cpu_sys'))) * 1000
}

/** A client of the same Redis that looks remote. */
async function remoteRedis(): Promise<Redis> {
  const redis = new Redis(inject('redisUrl'))
  closers.push(() => redis.disconnect())
  await redis.ping()
  redis.options.host = 'redis.example.com'
  return redis
}

it.each([
  ['the system says of a Redis on this machine', 'process' as const, async () => context.redis],
  ['a Redis elsewhere says of itself', 'server' as const, remoteRedis],
])('takes what %s', async (_title, source, open) => {
  const redis = await open()
  const before = await redisCpuMs()
  const run = await startUsage({redis, everyMs: 20})
  const started = performance.now()
  await context.redis.eval(BUSY, 0, 400)
  const usage = await run.stop()
  const wall = performance.now() - started
  const spent = (await redisCpuMs()) - before
  expect(usage.redis?.source).toBe(source)
  // `spent` also includes what Redis used before the first and after the last reading
  const found = ((usage.redis?.cpu ?? 0) / 100) * wall
  expect(found).toBeGreaterThan(spent / 2 - 30)
  expect(found).toBeLessThan(spent + 30)
  expect(usage.redis?.memory).toBeGreaterThan(1e6)
  expect(usage.redis?.memory).toBeLessThan(1e9)
  expect(usage.postgres).toBeNull()
})

it('does not take another process for Redis: behind a tunnel the id is that of another machine', async () => {
  const pid = Number(parseInfo(await context.redis.info('server')).get('process_id'))
  const info = `process_id:${pid}\r\nuptime_in_seconds:999999\r\nused_cpu_user:1\r\nused_cpu_sys:1\r\nused_memory_rss:123456789\r\n`
  const server: Server = createServer((socket) => {
    socket.on('error', () => {})
    // The same reply to every command
    const reply = `$${info.length}\r\n${info}\r\n`
    socket.on('data', (text) => socket.write(reply.repeat(`${text}`.match(/^\*\d/gm)?.length ?? 0)))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const redis = new Redis((server.address() as AddressInfo).port, {enableReadyCheck: false, protocol: 2})
  closers.push(
    () => redis.disconnect(),
    () => server.close(),
  )
  const usage = await (await startUsage({redis})).stop()
  expect(usage.redis).toMatchObject({source: 'server', memory: 123_456_789})
})

it('counts all processes of a local Postgres, also those that have ended meanwhile', async () => {
  const run = await startUsage({pool: context.pool, everyMs: 20})
  const client = new pg.Client({connectionString: inject('databaseUrl')})
  await client.connect()
  const {rows} = await client.query('SELECT pg_backend_pid() AS pid')
  const started = performance.now()
  await client.query('SELECT sum(sqrt(i)) FROM generate_series(1, 8000000) i')
  await client.end()
  const isGone = async () => {
    const found = await context.pool.query('SELECT 1 FROM pg_stat_activity WHERE pid = $1', [rows[0].pid])
    expect(found.rowCount).toBe(0)
  }
  await vi.waitFor(isGone)
  const usage = await run.stop()
  const wall = performance.now() - started
  expect(usage.postgres?.source).toBe('process')
  // Eight million square roots take longer than that on any machine
  expect(((usage.postgres?.cpu ?? 0) / 100) * wall).toBeGreaterThan(100)
})

it('counts the shared buffers of Postgres once', async () => {
  const clients = await Promise.all(Array.from({length: 8}, () => context.pool.connect()))
  const pids = await Promise.all(
    clients.map(async (client) => {
      const {rows} = await client.query(
        'SELECT pg_backend_pid() AS pid, count(*) FROM pg_class, pg_attribute',
      )
      return Number(rows[0].pid)
    }),
  )
  const resident = pids.map(
    (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024,
  )
  const usage = await (await startUsage({pool: context.pool})).stop()
  for (const client of clients) client.release()
  expect(usage.postgres?.memory).toBeGreaterThanOrEqual(Math.max(...resident))
  expect(usage.postgres?.memory).toBeLessThan(resident.reduce((sum, one) => sum + one))
})

it('measures qtool itself, and nothing that it was not given', async () => {
  const run = await startUsage({})
  const started = performance.now()
  const before = process.cpuUsage()
  while (process.cpuUsage(before).user < 100_000);
  const usage = await run.stop()
  const wall = performance.now() - started
  expect(usage.qtool.source).toBe('process')
  expect(((usage.qtool.cpu ?? 0) / 100) * wall).toBeGreaterThan(90)
  expect(usage.qtool.memory).toBeGreaterThan(1e7)
  expect([usage.redis, usage.postgres]).toEqual([null, null])
})

it('leaves out a server that cannot be asked', async () => {
  const redis = new Redis(1, {lazyConnect: true, retryStrategy: () => null, maxRetriesPerRequest: 0})
  redis.on('error', () => {})
  const usage = await (await startUsage({redis})).stop()
  expect(usage.redis).toBeNull()
})

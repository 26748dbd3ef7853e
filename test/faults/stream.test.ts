import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {type QueueKeys, queueKeys} from '../../src/redis/keys.ts'
import {cliEnv, type RunningCli, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {LEASE_BEGIN, LEASE_COMMIT} from '../support/faults.ts'
import {type FaultAction, type FaultProxy, startProxy} from '../support/proxy.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

const context = useServers()
const TOTAL = 2000
let server: TestServer
let redis: Redis
let proxies: {redis: FaultProxy; postgres: FaultProxy}
let rounds = 0
let queue: string
let keys: QueueKeys

beforeAll(async () => {
  server = await startTestRedis('appendonly yes', 'appendfsync always')
  redis = new Redis(server.url, {retryStrategy: () => 20, maxRetriesPerRequest: null}).on('error', () => {})
  const postgres = Number(new URL(cliEnv().DATABASE_URL ?? '').port)
  proxies = {redis: await startProxy(server.port), postgres: await startProxy(postgres)}
  await context.pool.query('CREATE TABLE drained (a int CHECK (a <> 13))')
})
afterAll(async () => {
  await Promise.all([proxies.redis.close(), proxies.postgres.close()])
  redis.disconnect()
  await server.stop()
})
beforeEach(async () => {
  await context.pool.query('TRUNCATE drained')
  queue = `q${++rounds}`
  keys = queueKeys(queue)
  const all = redis.pipeline()
  for (let i = 0; i < TOTAL; i++) all.xadd(keys.ready, '*', 'a', String(i))
  await all.exec()
})

function startWork(isThroughProxies = false): RunningCli {
  const through = (url: string, port: number) => Object.assign(new URL(url), {port: String(port)}).href
  const direct = cliEnv({REDIS_URL: server.url})
  const env = isThroughProxies
    ? cliEnv({
        REDIS_URL: through(server.url, proxies.redis.port),
        DATABASE_URL: through(direct.DATABASE_URL ?? '', proxies.postgres.port),
      })
    : direct
  const args = [
    'work',
    '-q',
    queue,
    '--table',
    `${context.schema}.drained`,
    '--until-empty',
    '--batch',
    '100',
  ]
  return runningCli([...args, '--lease', '1s', '--workers', '3'], env)
}

/** Every record is one row, but for number 13; nothing is left in the stream, and no lease. */
async function expectAllOnce(kept = 0): Promise<void> {
  const {rows} = await context.pool.query(
    'SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM drained',
  )
  expect(rows[0]).toEqual({n: TOTAL - 1, d: TOTAL - 1})
  expect(await redis.zcard(keys.dead)).toBe(1)
  expect(await redis.exists(keys.leases, keys.attempts)).toBe(0)
  expect(await redis.xlen(keys.ready)).toBe(kept)
  expect(await redis.xinfo('CONSUMERS', keys.ready, 'qtool')).toEqual([])
  expect((await redis.xpending(keys.ready, 'qtool'))[0]).toBe(0)
}

describe('a worker on a stream that is killed', () => {
  it.each([
    ['when it takes a lease', 'redis', 'EVALSHA'],
    ['at BEGIN', 'postgres', LEASE_BEGIN],
    ['in COPY', 'postgres', 'COPY'],
    ['at the ledger', 'postgres', 'INSERT INTO qtool.applied_lease'],
    ['at COMMIT', 'postgres', LEASE_COMMIT],
  ] as const)('%s: another one finishes', async (_, side, pattern) => {
    const doomed = startWork(true)
    // The server's answer never arrives
    await proxies[side].onRequest(pattern, 'swallow-reply')
    doomed.child.kill('SIGKILL')
    await doomed.ended
    expect((await startWork().ended).code).toBe(3)
    await expectAllOnce()
  })

  it('leaves another group what it has not read', async () => {
    await redis.xgroup('CREATE', keys.ready, 'other', '0')
    await redis.xreadgroup('GROUP', 'other', 'reader', 'COUNT', 10, 'STREAMS', keys.ready, '>')
    const pending = await redis.xpending(keys.ready, 'other')
    const doomed = startWork(true)
    await proxies.postgres.onRequest('COPY', 'swallow-reply')
    doomed.child.kill('SIGKILL')
    await doomed.ended
    expect((await startWork().ended).code).toBe(3)
    await expectAllOnce(TOTAL)
    expect(await redis.xpending(keys.ready, 'other')).toEqual(pending)
    const rest = await redis.xreadgroup('GROUP', 'other', 'reader', 'STREAMS', keys.ready, '>')
    expect((rest as Array<[string, unknown[]]>)[0][1]).toHaveLength(TOTAL - 10)
  })
})

describe('a connection to a stream that is cut', () => {
  it.each<[string, string, FaultAction, number]>([
    ['after a lease was taken, before its reply', 'EVALSHA', 'cut-after-reply', 1],
    ['again and again', 'EVALSHA', 'cut-after-reply', 6],
    ['before a call arrives', 'EVALSHA', 'cut', 3],
  ])('%s', async (_, pattern, action, times) => {
    const fired = proxies.redis.onRequest(pattern, action, times)
    const work = startWork(true)
    await fired
    expect((await work.ended).code).toBe(3)
    await expectAllOnce()
  })
})

describe('a Redis with a stream', () => {
  it('that is killed and comes back loses nothing that it had confirmed', async () => {
    const work = startWork()
    await until(async () => Number((await redis.hget(keys.stats, 'inserted')) ?? 0) > 200)
    await server.crash()
    await server.start()
    expect((await work.ended).code).toBe(3)
    await expectAllOnce()
  })

  it('has scripts sent again that it has forgotten', async () => {
    const work = startWork()
    const flush = setInterval(() => redis.script('FLUSH').catch(() => {}), 5)
    const {code} = await work.ended
    clearInterval(flush)
    expect(code).toBe(3)
    await expectAllOnce()
  })
})

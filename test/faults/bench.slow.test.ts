import {Redis} from 'ioredis'
import pg from 'pg'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {cliEnv, runningCli, until} from '../support/cli.ts'
import {type FaultProxy, startProxy} from '../support/proxy.ts'
import {startTestPostgres, startTestRedis, type TestServer} from '../support/server.ts'

/** Separate servers, because other tests check that a bench has left nothing behind. */
let servers: {redis: TestServer; postgres: TestServer}
let proxies: {redis: FaultProxy; postgres: FaultProxy}
const context = {} as {redis: Redis; pool: pg.Pool}

beforeAll(async () => {
  const [redis, postgres] = await Promise.all([startTestRedis(), startTestPostgres()])
  servers = {redis, postgres}
  context.redis = new Redis(redis.url)
  context.pool = new pg.Pool({connectionString: postgres.url})
})

afterAll(async () => {
  context.redis.disconnect()
  await context.pool.end()
  await Promise.all([servers.redis.stop(), servers.postgres.stop()])
})

beforeEach(async () => {
  const [redis, postgres] = await Promise.all([
    startProxy(servers.redis.port),
    startProxy(servers.postgres.port),
  ])
  proxies = {redis, postgres}
})

afterEach(async () => {
  await Promise.all([proxies.redis.close(), proxies.postgres.close()])
  await until(async () => (await leftovers()).length === 0)
})

/** An environment in which qtool connects through the proxies. */
function proxiedEnv(): NodeJS.ProcessEnv {
  const through = (url: string, {port}: FaultProxy) => Object.assign(new URL(url), {port: String(port)}).href
  return cliEnv({
    REDIS_URL: through(servers.redis.url, proxies.redis),
    DATABASE_URL: through(servers.postgres.url, proxies.postgres),
  })
}

/** Keys and schemas that benches left behind. */
async function leftovers(): Promise<string[]> {
  const {rows} = await context.pool.query(
    `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'qtool_bench%'`,
  )
  return [...(await context.redis.keys('*qtool-bench*')), ...rows.map((row) => row.nspname)]
}

/** Flags that would make each bench run far longer than a test may take. */
const LONG: Record<string, string[]> = {
  bombard: ['--count', '20m'],
  sustained: ['--rate', '200', '--for', '600s'],
  workers: ['--count', '5m'],
  capacity: ['--from', '200', '--for', '600s'],
  modes: ['--for', '600s', '--mode', 'single'],
}

/** Makes a server unreachable: breaks its connections and refuses new ones. The test's own connection stays. */
function takeAway(server: 'redis' | 'postgres'): void {
  proxies[server].refuse(true)
  proxies[server].cut()
}

describe('a bench whose server goes away ends with 4 and leaves nothing on the other one', () => {
  it.each([
    ['bombard', 'redis'],
    ['sustained', 'redis'],
    ['capacity', 'postgres'],
    // The queue is still being filled then, which takes about a minute and does not use Postgres
    ['workers', 'postgres'],
    ['bombard', 'postgres'],
    ['modes', 'redis'],
  ] as const)('%s, without %s', async (scenario, server) => {
    const run = runningCli(['bench', scenario, ...LONG[scenario], '--json'], proxiedEnv())
    await until(async () => (await context.redis.keys('queue:qtool-bench*')).length > 0)
    takeAway(server)
    const {code, stdout} = await run.ended
    const named = server === 'redis' ? 'Redis' : 'Postgres'
    expect(JSON.parse(stdout)).toMatchObject({
      error: {code: 'CONNECT', message: expect.stringContaining(`cannot reach ${named} at `)},
    })
    expect(code).toBe(4)
    await takeLeftovers(server)
  })
})

/** Removes what the bench could no longer reach. */
async function takeLeftovers(server: 'redis' | 'postgres'): Promise<void> {
  const left = await leftovers()
  const isSchema = (name: string) => name.startsWith('qtool_bench')
  expect(left.filter((name) => isSchema(name) !== (server === 'postgres'))).toEqual([])
  for (const name of left) {
    if (isSchema(name)) await context.pool.query(`DROP SCHEMA ${name} CASCADE`)
    else await context.redis.del(name)
  }
}

describe('a bench that is stopped before its first step ends with 130 and says so', () => {
  it.each([...Object.keys(LONG).map((scenario) => [scenario]), ['connections'], ['all']])(
    '%s',
    async (scenario) => {
      for (const proxy of [proxies.redis, proxies.postgres]) proxy.delay(30)
      const run = runningCli(['bench', scenario, '--json'], proxiedEnv())
      await until(() => proxies.redis.connections > 0)
      run.child.kill('SIGTERM')
      const {code, stdout} = await run.ended
      expect(JSON.parse(stdout)).toMatchObject({
        error: {code: 'INTERRUPTED', message: 'interrupted before the first step; nothing was measured'},
      })
      expect(code).toBe(130)
    },
  )
})

describe('a bench that is stopped while its servers do not answer ends all the same', () => {
  it.each(['sustained'])('%s', async (scenario) => {
    const run = runningCli(['bench', scenario, ...LONG[scenario], '--json'], proxiedEnv())
    await until(async () => (await context.redis.keys('queue:qtool-bench*')).length > 0)
    for (const proxy of [proxies.redis, proxies.postgres]) proxy.blackhole(true)
    run.child.kill('SIGTERM')
    expect((await run.ended).code).toBe(130)
    for (const name of await leftovers()) {
      if (name.startsWith('qtool_bench')) await context.pool.query(`DROP SCHEMA ${name} CASCADE`)
      else await context.redis.del(name)
    }
  })
})

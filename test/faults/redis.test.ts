import {chmodSync, readdirSync, readFileSync, truncateSync} from 'node:fs'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {type QueueKeys, queueKeys} from '../../src/redis/keys.ts'
import {cli, cliEnv, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

const context = useServers()
const TOTAL = 3000
const settings = ['key-load-delay 1000', 'loading-process-events-interval-bytes 1024']
let server: TestServer
let redis: Redis
let rounds = 0
let queue: string
let keys: QueueKeys

beforeAll(async () => {
  server = await startTestRedis(
    'appendonly yes',
    'appendfsync always',
    'enable-debug-command yes',
    ...settings,
  )
  redis = new Redis(server.url, {retryStrategy: () => 20, maxRetriesPerRequest: null})
  redis.on('error', () => {})
  await context.pool.query('CREATE TABLE away (a int CHECK (a <> 13))')
})
afterAll(async () => {
  redis.disconnect()
  await server.stop()
})
beforeEach(async () => {
  await context.pool.query('TRUNCATE away')
  await redis.flushall()
  queue = `q${++rounds}`
  keys = queueKeys(queue)
})

const env = () => cliEnv({REDIS_URL: server.url})
const members = (count: number, first = 0) =>
  Array.from({length: count}, (_, i) => [i, `{"a":${first + i}}`]).flat()
const fill = (count = TOTAL, first = 0) => redis.zadd(keys.ready, ...members(count, first))

function startWork(workers = 2) {
  const table = `${context.schema}.away`
  const args = ['work', '-q', queue, '--table', table, '--until-empty', '--batch', '100']
  return runningCli([...args, '--lease', '2s', '--workers', String(workers)], env())
}

async function rows(): Promise<{n: number; d: number}> {
  const {rows} = await context.pool.query('SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM away')
  return rows[0]
}

/** Every item is there once, and only number 13 is a dead letter. */
async function expectAllOnce(total = TOTAL): Promise<void> {
  expect(await rows()).toEqual({n: total - 1, d: total - 1})
  expect(await redis.exists(keys.ready, keys.leases, keys.attempts)).toBe(0)
  expect(await redis.zcard(keys.dead)).toBe(1)
}

/** Blocks all writes to the table until `release` is called. */
async function hold(): Promise<{waiting(): Promise<boolean>; release(): Promise<void>}> {
  const client = await context.pool.connect()
  await client.query('BEGIN')
  await client.query('LOCK TABLE away IN EXCLUSIVE MODE')
  const locks = `SELECT FROM pg_locks WHERE relation = 'away'::regclass AND NOT granted`
  return {
    waiting: async () => ((await client.query(locks)).rowCount ?? 0) > 0,
    async release() {
      await client.query('COMMIT')
      client.release()
    },
  }
}

describe('X7: Redis is killed and comes back', () => {
  it.each(['always', 'everysec'])(
    'appendfsync %s: loses nothing that it had confirmed, and work goes on',
    async (appendfsync) => {
      await redis.config('SET', 'appendfsync', appendfsync)
      await fill()
      const work = startWork()
      await until(async () => (await rows()).n > 300)
      await server.crash()
      await server.start()
      expect((await work.ended).code).toBe(3)
      await expectAllOnce()
    },
  )

  it('without a file: what was queued is lost, what was written is not', async () => {
    await redis.config('SET', 'appendonly', 'no')
    await redis.config('SET', 'save', '')
    await fill(300)
    const table = `${context.schema}.away`
    const some = ['work', '-q', queue, '--table', table, '--batch', '5', '--workers', '1']
    const held = await hold()
    const work = runningCli([...some, '--lease', '2s', '--until-empty'], env())
    await until(held.waiting)
    await server.crash()
    await held.release()
    await until(async () => (await rows()).n > 0)
    await server.start()
    expect(await redis.exists(keys.ready)).toBe(0)
    await work.ended
    expect(await rows()).toEqual({n: 5, d: 5})
  })
})

describe('X8: the end of the append-only file is lost', () => {
  it('brings a lease back that was acknowledged, and the ledger keeps its rows single', async () => {
    // No more than the first lease takes, including number 13
    await fill(8, 10)
    const held = await hold()
    const work = startWork(1)
    await until(held.waiting)
    const file = await appendOnlyFile()
    const {length} = readFileSync(file)
    await held.release()
    await work.ended
    await server.crash()
    truncateSync(file, length)
    await server.start()
    expect(await redis.zcard(keys.leases)).toBe(1)
    const again = await startWork().ended
    expect(again.code).toBe(0)
    await expectAllOnce(8)
  })

  it('brings items back that were written: a unique key keeps their rows single', async () => {
    await context.pool.query('CREATE UNIQUE INDEX once ON away (a)')
    await fill(1000)
    const file = await appendOnlyFile()
    const {length} = readFileSync(file)
    expect((await startWork().ended).code).toBe(3)
    await server.crash()
    truncateSync(file, length)
    await server.start()
    expect(await redis.zcard(keys.ready)).toBe(1000)
    expect((await startWork().ended).code).toBe(3)
    await expectAllOnce(1000)
    await context.pool.query('DROP INDEX once')
  })

  async function appendOnlyFile(): Promise<string> {
    const [, folder] = (await redis.config('GET', 'dir')) as string[]
    const files = join(folder, 'appendonlydir')
    // Each start adds a file, and only the last one grows
    const names = readdirSync(files).filter((one) => one.endsWith('.incr.aof'))
    const number = (name: string) => Number(name.split('.').at(-3))
    return join(files, names.sort((a, b) => number(a) - number(b)).at(-1) ?? '')
  }
})

describe('X12: Redis is loading its file', () => {
  it('is waited for by a worker and by a producer', {timeout: 60_000}, async () => {
    await fill()
    const work = startWork()
    await until(async () => (await rows()).n > 100)
    await server.crash()
    const started = server.start()
    const input = '{"a":100000}\n'
    const enqueue = cli(['enqueue', '-q', queue, '-'], {env: env(), input})
    await started
    expect((await enqueue).code).toBe(0)
    expect((await work.ended).code).toBe(3)
    await startWork().ended
    await expectAllOnce(TOTAL + 1)
  })
})

describe('X13: Redis takes no writes for a while, as in a failover', () => {
  it('is waited out by a worker and by a producer', async () => {
    await fill()
    const lines = Array.from({length: 300}, (_, i) => `{"a":${TOTAL + i}}\n`)
    const enqueue = runningCli(['enqueue', '-q', queue, '--batch', '20', '-'], env())
    enqueue.child.stdin.write(lines.slice(0, 100).join(''))
    await until(async () => (await redis.zcard(keys.ready)) === TOTAL + 100)
    const held = await hold()
    const work = startWork()
    await until(held.waiting)
    await redis.config('RESETSTAT')
    await redis.replicaof('127.0.0.1', 1)
    await held.release()
    await until(async () => (await redis.info('errorstats')).includes('READONLY') && (await rows()).n > 0)
    enqueue.child.stdin.end(lines.slice(100).join(''))
    await until(() => enqueue.stderr().includes('READONLY'))
    await redis.replicaof('NO', 'ONE')
    expect((await enqueue.ended).code).toBe(0)
    expect((await work.ended).code).toBe(3)
    await startWork().ended
    await expectAllOnce(TOTAL + 300)
  })
})

describe('Redis cannot write its file', () => {
  it('is waited out by a worker', async () => {
    const other = await startTestRedis('appendonly no', 'save 3600 1')
    const client = new Redis(other.url)
    const [, folder] = (await client.config('GET', 'dir')) as string[]
    try {
      await client.zadd(keys.ready, ...members(TOTAL))
      const table = `${context.schema}.away`
      const args = ['work', '-q', queue, '--table', table, '--until-empty', '--batch', '50', '--workers', '1']
      const held = await hold()
      const work = runningCli(args, cliEnv({REDIS_URL: other.url}))
      await until(held.waiting)
      chmodSync(folder, 0o500)
      await client.bgsave()
      await until(async () => (await client.info('persistence')).includes('rdb_last_bgsave_status:err'))
      await client.config('RESETSTAT')
      await held.release()
      await until(async () => (await client.info('errorstats')).includes('MISCONF'))
      chmodSync(folder, 0o700)
      await client.bgsave()
      expect((await work.ended).code).toBe(3)
      expect(await rows()).toEqual({n: TOTAL - 1, d: TOTAL - 1})
    } finally {
      client.disconnect()
      await other.stop()
    }
  })
})

describe('X14: Redis is full', () => {
  it('refuses to enqueue, and can still be drained, dead letters and all', async () => {
    await fill()
    await redis.config('SET', 'maxmemory', '1mb')
    const refused = await cli(['enqueue', '-q', queue, '-', '--json'], {env: env(), input: '{"a":100000}\n'})
    expect(refused.code).toBe(1)
    expect(JSON.parse(refused.stdout).error.code).toBe('OOM')
    expect((await startWork().ended).code).toBe(3)
    await redis.config('SET', 'maxmemory', '0')
    await expectAllOnce()
  })
})

describe('X15: Redis may evict keys, all or those that expire', () => {
  it.each(['allkeys-lru', 'volatile-ttl'])(
    '%s stops workers and producers, with the items kept',
    async (policy) => {
      await fill(10)
      await redis.config('SET', 'maxmemory', '500mb')
      await redis.config('SET', 'maxmemory-policy', policy)
      const enqueue = await cli(['enqueue', '-q', queue, '-'], {env: env(), input: '{"a":100000}\n'})
      const work = await startWork().ended
      await redis.config('SET', 'maxmemory-policy', 'noeviction')
      await redis.config('SET', 'maxmemory', '0')
      for (const {code, stderr} of [enqueue, work]) {
        expect(code).toBe(1)
        expect(stderr).toContain('noeviction')
      }
      expect(await redis.zcard(keys.ready)).toBe(10)
    },
  )
})

describe('X17: Redis is busy with a script of somebody else', () => {
  it('is waited out', async () => {
    await fill()
    await redis.config('SET', 'busy-reply-threshold', '100')
    const work = startWork()
    await until(async () => (await rows()).n > 100)
    const other = redis.duplicate()
    const spin = `local t = redis.call('TIME')[1] + 2 while redis.call('TIME')[1] + 0 < t do end`
    await other.eval(spin, 0)
    other.disconnect()
    expect((await work.ended).code).toBe(3)
    await expectAllOnce()
  })
})

describe('X18: Redis has no room for one more client', () => {
  it('says so, and works once there is', async () => {
    await fill(1)
    await redis.config('SET', 'maxclients', '1')
    const full = await cli(['inspect', '-q', queue], {env: env()})
    await redis.config('SET', 'maxclients', '1000')
    expect(full.code).toBe(4)
    expect(full.stderr).toContain('max number of clients')
    expect((await cli(['inspect', '-q', queue], {env: env()})).code).toBe(0)
  })
})

describe('X19: Redis delays writes, and ends connections', () => {
  it('loses nothing', async () => {
    await fill()
    const work = startWork()
    await until(async () => (await rows()).n > 100)
    await redis.client('PAUSE', 700, 'WRITE')
    const other = new Redis(server.url)
    await other.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes')
    other.disconnect()
    expect((await work.ended).code).toBe(3)
    await expectAllOnce()
  })
})

describe('X21: the deadlines of all leases are deleted', () => {
  it('brings their items back', async () => {
    await fill(300)
    const held = await hold()
    const work = startWork()
    await until(held.waiting)
    work.child.kill('SIGKILL')
    await work.ended
    await redis.del(keys.leases)
    await held.release()
    expect((await startWork().ended).code).toBe(3)
    await expectAllOnce(300)
  })
})

describe('X33: the dead letters cannot be stored', () => {
  it('keeps the lease, names the key, and goes on once it is mended', async () => {
    await fill(100)
    await redis.set(keys.dead, 'no set')
    const work = await startWork(1).ended
    expect(work.code).toBe(1)
    expect(work.stderr).toContain(`key ${keys.dead} is a string`)
    expect(await redis.zcard(keys.leases)).toBe(1)
    await redis.del(keys.dead)
    expect((await startWork().ended).code).toBe(0)
    await expectAllOnce(100)
  })
})

describe('X20: the clock of a worker is wrong', () => {
  it.each([-1, 1])('by %d h: leases and dead letters go by the clock of Redis', async (hours) => {
    await fill(300)
    const shim = `const now = Date.now; Date.now = () => now() + ${hours * 3_600_000}`
    const late = {...env(), NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(shim)}`}
    const table = `${context.schema}.away`
    const done = await cli(['work', '-q', queue, '--table', table, '--until-empty', '--batch', '50'], {
      env: late,
    })
    expect(done.code).toBe(3)
    await expectAllOnce(300)
    const [, failedAt] = await redis.zrange(keys.dead, '0', '0', 'WITHSCORES')
    expect(Math.abs(Number(failedAt) - Date.now())).toBeLessThan(60_000)
  })
})

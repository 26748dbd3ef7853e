import {once} from 'node:events'
import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {cliEnv, startCli} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {type FaultProxy, startProxy} from '../support/proxy.ts'

const context = useServers()
const TOTAL = 3000
let postgres: FaultProxy
let redis: FaultProxy

beforeAll(async () => {
  postgres = await startProxy(Number(new URL(inject('databaseUrl')).port))
  redis = await startProxy(Number(new URL(inject('redisUrl')).port))
  await context.pool.query('CREATE TABLE cuts (a int)')
})
afterAll(async () => {
  await postgres.close()
  await redis.close()
})

async function fill(): Promise<{queue: string; keys: QueueKeys}> {
  await context.pool.query('TRUNCATE cuts')
  const at = context.newQueue()
  const members = Array.from({length: TOTAL}, (_, i) => [i, `{"a":${i}}`]).flat()
  await context.redis.zadd(at.keys.ready, ...members)
  return at
}

/** Starts `work` behind both proxies; `ended` gives its exit code and result. */
function startWork(queue: string, workers = 3) {
  const through = (url: string, {port}: FaultProxy) => Object.assign(new URL(url), {port: String(port)}).href
  const env = cliEnv({
    REDIS_URL: through(inject('redisUrl'), redis),
    DATABASE_URL: through(inject('databaseUrl'), postgres),
  })
  const table = `${context.schema}.cuts`
  const args = ['work', '-q', queue, '--table', table, '--until-empty', '--batch', '100']
  const worker = startCli([...args, '--lease', '2s', '--workers', String(workers), '--json'], env)
  let stdout = ''
  let stderr = ''
  worker.stdout.on('data', (chunk) => {
    stdout += chunk
  })
  worker.stderr.on('data', (chunk) => {
    stderr += chunk
  })
  const ended = once(worker, 'close').then(([code]) => ({code, stderr, json: JSON.parse(stdout)}))
  return {worker, ended}
}

/** Every item once, and nothing anywhere else. */
async function expectAllOnce(keys: QueueKeys): Promise<void> {
  const {rows} = await context.pool.query('SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM cuts')
  expect(rows[0]).toEqual({n: TOTAL, d: TOTAL})
  expect(await context.redis.exists(keys.ready, keys.leases, keys.attempts, keys.dead)).toBe(0)
}

describe('a connection to Postgres that is cut', () => {
  it.each([
    ['X22: before COMMIT arrives', 'COMMIT', 'cut'],
    ['X22: after COMMIT is done, before its reply', 'COMMIT', 'cut-after-reply'],
    ['in the middle of COPY', 'COPY', 'cut-after-reply'],
    ['at BEGIN', 'BEGIN', 'cut'],
  ] as const)('%s', async (_, pattern, action) => {
    const {queue, keys} = await fill()
    const fired = postgres.onRequest(pattern, action, 3)
    const {ended} = startWork(queue)
    await fired
    const {code, json} = await ended
    expect(code).toBe(0)
    await expectAllOnce(keys)
    expect(json).toMatchObject({deadLettered: 0})
    expect(json.inserted + json.recovered).toBe(TOTAL)
    expect(json.retried).toBeGreaterThan(0)
  })
})

describe('a connection to Redis that is cut', () => {
  it.each([
    ['X5: after a lease was taken, before its reply', 'EVALSHA', 'cut-after-reply', 1],
    ['X5: again and again', 'EVALSHA', 'cut-after-reply', 5],
    ['before a call arrives', 'EVALSHA', 'cut', 3],
  ] as const)('%s', async (_, pattern, action, times) => {
    const {queue, keys} = await fill()
    const fired = redis.onRequest(pattern, action, times)
    const {ended} = startWork(queue)
    await fired
    const {code} = await ended
    expect(code).toBe(0)
    await expectAllOnce(keys)
  })
})

describe('X16: scripts that Redis has forgotten', () => {
  it('are sent again', async () => {
    const {queue, keys} = await fill()
    const {ended, worker} = startWork(queue)
    const flush = setInterval(() => context.redis.script('FLUSH').catch(() => {}), 5)
    await once(worker, 'close')
    clearInterval(flush)
    expect((await ended).code).toBe(0)
    await expectAllOnce(keys)
  })
})

describe('X2: a worker that sleeps past its lease', () => {
  it('writes nothing a second time when it wakes up', async () => {
    const {queue, keys} = await fill()
    const holder = await context.pool.connect()
    await holder.query('BEGIN')
    await holder.query('LOCK TABLE cuts IN EXCLUSIVE MODE')
    const slow = startWork(queue, 1)
    const waiting = `SELECT FROM pg_locks WHERE relation = 'cuts'::regclass AND NOT granted`
    while ((await holder.query(waiting)).rowCount === 0) await new Promise(setImmediate)
    slow.worker.kill('SIGSTOP')
    // Its rows now go in, and the transaction stays open with nobody to end it
    await holder.query('COMMIT')
    holder.release()
    const {code} = await startWork(queue).ended
    expect(code).toBe(0)
    slow.worker.kill('SIGCONT')
    expect((await slow.ended).code).toBe(0)
    await expectAllOnce(keys)
  })
})

describe('half-open connections', () => {
  it('X6: a black hole in front of Redis ends in a deadline, and work goes on afterwards', {
    timeout: 60_000,
  }, async () => {
    const {queue, keys} = await fill()
    const {worker, ended} = startWork(queue)
    while ((await context.redis.exists(keys.leases)) === 0) await new Promise(setImmediate)
    redis.blackhole(true)
    const noted = new Promise<void>((resolve) => {
      worker.stderr.on('data', (chunk) => String(chunk).includes('Redis is away') && resolve())
    })
    await noted
    redis.blackhole(false)
    redis.cut()
    expect((await ended).code).toBe(0)
    await expectAllOnce(keys)
  })
})

import {expect, inject} from 'vitest'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {cliEnv, type RunningCli, runningCli} from './cli.ts'
import type {TestContext} from './context.ts'
import {type FaultProxy, startProxy} from './proxy.ts'

/** Requests of a lease as sent to Postgres, for `onRequest`; those that set up a connection look different. */
export const LEASE_BEGIN = 'BEGIN; SET CONSTRAINTS'
/** The message length precedes the text. */
export const LEASE_COMMIT = '\u000bCOMMIT\0'

/** Both servers of the test run, each behind a proxy that can break connections. */
export interface Proxies {
  redis: FaultProxy
  postgres: FaultProxy
  close(): Promise<void>
}

export async function startProxies(): Promise<Proxies> {
  const [redis, postgres] = await Promise.all(
    (['redisUrl', 'databaseUrl'] as const).map((name) => startProxy(Number(new URL(inject(name)).port))),
  )
  return {
    redis,
    postgres,
    async close() {
      await Promise.all([redis.close(), postgres.close()])
    },
  }
}

/** An environment in which qtool connects through the proxies. */
export function proxiedEnv({redis, postgres}: Proxies): NodeJS.ProcessEnv {
  const through = (url: string, {port}: FaultProxy) => Object.assign(new URL(url), {port: String(port)}).href
  return cliEnv({
    REDIS_URL: through(inject('redisUrl'), redis),
    DATABASE_URL: through(inject('databaseUrl'), postgres),
  })
}

/** Starts `work` with short leases, to run until the queue is empty; `flags` come last. */
export function startWork(
  context: TestContext,
  at: {queue: string; table: string; workers?: number; lease?: string; bin?: string},
  env: NodeJS.ProcessEnv,
  ...flags: string[]
): RunningCli {
  const {queue, table, workers = 3, lease = '1s', bin} = at
  const args = [
    'work',
    '-q',
    queue,
    '--table',
    `${context.schema}.${table}`,
    '--until-empty',
    '--batch',
    '100',
  ]
  return runningCli([...args, '--workers', String(workers), '--lease', lease, ...flags], env, bin)
}

/** Fills a new queue with records {"a": 0}, {"a": 1} and so on. */
export async function fill(
  context: TestContext,
  total: number,
): Promise<{queue: string; keys: QueueKeys; total: number}> {
  const at = context.newQueue()
  const members = Array.from({length: total}, (_, i) => [i, `{"a":${i}}`]).flat()
  await context.redis.zadd(at.keys.ready, ...members)
  return {...at, total}
}

/** Expects that every item is one row and that nothing is left elsewhere. */
export async function expectAllOnce(
  context: TestContext,
  {keys, total}: {keys: QueueKeys; total: number},
  table: string,
): Promise<void> {
  const {rows} = await context.pool.query(
    `SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM ${table}`,
  )
  expect(rows[0]).toEqual({n: total, d: total})
  expect(await context.redis.exists(keys.ready, keys.leases, keys.attempts, keys.dead)).toBe(0)
}

/** Locks a table against writes; reading the catalog still works. */
export async function holdTable(context: TestContext, table: string) {
  const client = await context.pool.connect()
  await client.query('BEGIN')
  await client.query(`LOCK TABLE ${table} IN EXCLUSIVE MODE`)
  let isReleased = false
  const waiting = `SELECT FROM pg_locks WHERE relation = '${table}'::regclass AND NOT granted`
  return {
    /** Whether a writer is waiting for the lock. */
    isAwaited: async () => ((await client.query(waiting)).rowCount ?? 0) > 0,
    /** Ends it; a second call does nothing. */
    async release() {
      if (isReleased) return
      isReleased = true
      await client.query('COMMIT')
      client.release()
    },
  }
}

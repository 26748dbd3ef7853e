import pg from 'pg'
import {afterEach, describe, expect, it} from 'vitest'
import {migrate} from '../../../src/sample/migrate.ts'
import {cliEnv, runningCli, until} from '../../support/cli.ts'
import {useServers} from '../../support/context.ts'
import {type FaultProxy, startProxy} from '../../support/proxy.ts'
import {startStandby, startTestPostgres, type TestServer} from '../../support/server.ts'

const context = useServers()
const TOTAL = 1000

/** What is written before the standby hears of nothing. */
const FIRST = 100

let servers: TestServer[] = []
let link: FaultProxy | undefined

afterEach(async () => {
  link?.blackhole(false)
  await link?.close()
  await Promise.all(servers.map((one) => one.stop()))
  servers = []
})

const ask = async (server: TestServer, sql: string) => {
  const client = new pg.Client(server.url)
  client.on('error', () => {})
  await client.connect()
  return client.query(sql).finally(() => client.end())
}

/**
 * Counts the records that are neither a row on this server nor an item in Redis.
 * A lease may be both: its commit reached the standby, and the primary died before the worker heard of it.
 */
async function missing(server: TestServer, queue: string): Promise<number> {
  const found = new Set((await ask(server, 'SELECT a FROM t')).rows.map((row) => row.a))
  const leases = await context.redis.zrange(`leases:${queue}`, '0', '-1')
  const keys = [`queue:${queue}`, ...leases.map((lease) => `lease:${queue}:${lease}`)]
  for (const key of keys) {
    for (const member of await context.redis.zrange(key, '0', '-1')) found.add(JSON.parse(member).a)
  }
  return TOTAL - found.size
}

/**
 * Drains, some of it while the standby hears of nothing, kills the primary, and promotes the standby.
 * @returns how many records are in neither of the two
 */
async function lostWith(synchronousCommit: string, standbyNames: string): Promise<number> {
  const primary = await startTestPostgres('max_wal_senders=4')
  servers.push(primary)
  const setUp = new pg.Client(primary.url)
  await setUp.connect()
  await migrate(setUp, {sample: false})
  await setUp.query('CREATE TABLE t (a int)')
  await setUp.end()
  link = await startProxy(primary.port)
  const standby = await startStandby(primary, link.port)
  servers.push(standby)
  await until(async () => (await ask(primary, 'SELECT FROM pg_stat_replication')).rowCount === 1)
  await ask(primary, `ALTER SYSTEM SET synchronous_standby_names = '${standbyNames}'`)
  await ask(primary, `ALTER SYSTEM SET synchronous_commit = '${synchronousCommit}'`)
  await ask(primary, 'SELECT pg_reload_conf()')
  const {queue, keys} = context.newQueue()
  const push = (from: number, to: number) =>
    context.redis.zadd(
      keys.ready,
      ...Array.from({length: to - from}, (_, i) => [from + i, `{"a":${from + i}}`]).flat(),
    )
  const isDrained = async () => (await context.redis.exists(keys.ready, keys.leases)) === 0
  const env = cliEnv({DATABASE_URL: primary.url})
  const flags = ['--batch', '50', '--workers', '2', '--lease', '2s', '--query-timeout', '1s']
  await push(0, FIRST)
  const worker = runningCli(['work', '-q', queue, '--table', 't', ...flags], env)
  await until(isDrained)
  link.blackhole(true)
  await push(FIRST, TOTAL)
  // A commit that waits is given up and tried again, which must not pass for one that was confirmed
  const isTriedAgain = async () =>
    (await context.redis.hvals(keys.attempts)).some((state) => !/^\d+ 1 0/.test(state))
  await until(async () => (await isDrained()) || (await isTriedAgain()))
  worker.child.kill('SIGKILL')
  await worker.ended
  await primary.crash()
  await ask(standby, 'SELECT pg_promote()')
  return missing(standby, queue)
}

describe('rows that a promoted standby of Postgres lacks, though their items have left the queue', () => {
  it.each([
    ['on', ''],
    ['off', ''],
    ['local', 'standby'],
  ])('are lost with synchronous_commit %s and synchronous_standby_names "%s"', async (level, names) => {
    expect(await lostWith(level, names)).toBeGreaterThan(0)
  })

  it.each(['on', 'remote_write', 'remote_apply'])(
    'are none with %s, where a commit waits for the standby',
    async (level) => {
      expect(await lostWith(level, 'standby')).toBe(0)
    },
  )
})

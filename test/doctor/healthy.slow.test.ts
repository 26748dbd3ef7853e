import {Redis} from 'ioredis'
import pg from 'pg'
import {afterAll, beforeAll, expect, it} from 'vitest'
import Doctor from '../../src/commands/doctor.ts'
import type {Diagnosis} from '../../src/doctor/diagnose.ts'
import {migrate} from '../../src/sample/migrate.ts'
import {cli, cliEnv} from '../support/cli.ts'
import {type Outcome, runCommand} from '../support/run-command.ts'
import {startTestPostgres, startTestRedis, type TestServer} from '../support/server.ts'

let servers: TestServer[]
let env: Record<string, string>

beforeAll(async () => {
  servers = await Promise.all([
    startTestRedis('slowlog-log-slower-than 1000000'),
    startTestPostgres('fsync=on', 'log_checkpoints=off'),
  ])
  const [redis, postgres] = servers
  env = {REDIS_URL: redis.url, DATABASE_URL: postgres.url}
  const client = new pg.Client(postgres.url)
  await client.connect()
  await migrate(client, {sample: false})
  await client.query('CREATE TABLE orders (id int PRIMARY KEY, amount numeric)')
  await client.end()
})

afterAll(async () => {
  for (const server of servers) await server.stop()
})

/** What a machine that other tests keep busy really suffers from at times. */
const BUSY = ['redis.round-trip', 'redis.cpu', 'postgres.round-trip']

async function examine(...argv: string[]): Promise<Outcome & {found: string[]}> {
  const outcome = await runCommand(Doctor, ['-q', 'orders', '--json', ...argv], env)
  const {findings} = outcome.json as Diagnosis
  const shown = findings.filter(({check}) => !BUSY.includes(check))
  return {...outcome, found: shown.map(({level, check}) => `${level} ${check}`)}
}

it('finds nothing wrong with two servers that are in order, and a queue that was drained', async () => {
  const redis = new Redis(env.REDIS_URL)
  await redis.zadd('queue:orders', Date.now(), '{"id":1,"amount":5}')
  redis.disconnect()
  const work = ['work', '-q', 'orders', '--table', 'orders', '--until-empty']
  expect(await cli(work, {env: cliEnv(env)})).toMatchObject({code: 0})
  const {found, json} = await examine()
  // The makers of Redis 7.0 have stopped, so its number does not tell what a distribution has mended
  expect(found.filter((title) => title !== 'unknown redis.version')).toEqual([])
  expect((json as Diagnosis).guarantee).toMatchObject({
    redisDurability: 'everysec',
    failover: 'none',
    postgresDurability: 'synchronous',
  })
})

it('judges the table that the workers of the queue were bound to, or the one that is named', async () => {
  expect((await examine('--table', 'nope')).found).toContain('critical postgres.table')
  expect((await examine()).found).not.toContain('unknown postgres.table')
})

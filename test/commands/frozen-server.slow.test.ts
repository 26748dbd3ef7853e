import {randomUUID} from 'node:crypto'
import {once} from 'node:events'
import {Redis} from 'ioredis'
import pg from 'pg'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {deadLetterText} from '../../src/queue/letters/dead-letter.ts'
import {queueKeys} from '../../src/redis/keys.ts'
import {migrate} from '../../src/sample/migrate.ts'
import {cliEnv, type RunningCli, runningCli, until} from '../support/cli.ts'
import {endlessFrom} from '../support/patient-clock.ts'
import {startTestPostgres, startTestRedis, type TestServer} from '../support/server.ts'

/** The limits of qtool for a call or a statement are 5 s and more: here they are never over. */
const NODE_OPTIONS = endlessFrom(5000)

let servers: {redis: TestServer; postgres: TestServer}
let redis: Redis
let pool: pg.Pool

beforeAll(async () => {
  const [onRedis, onPostgres] = await Promise.all([startTestRedis(), startTestPostgres()])
  servers = {redis: onRedis, postgres: onPostgres}
  redis = new Redis(onRedis.url)
  pool = new pg.Pool({connectionString: onPostgres.url})
  const client = await pool.connect()
  await migrate(client, {sample: true})
  client.release()
  await pool.query('CREATE TABLE slow (a int)')
  await pool.query(`CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_sleep(60); RETURN new; END $$`)
  await pool.query('CREATE TRIGGER still BEFORE INSERT ON slow EXECUTE FUNCTION stand_still()')
})

afterAll(async () => {
  redis?.disconnect()
  await pool?.end()
  await Promise.all([servers?.redis.stop(), servers?.postgres.stop()])
})

afterEach(() => {
  servers.redis.thaw()
  servers.postgres.thaw()
})

/** What a command had sent to a server that stood still is executed when it goes on. */
beforeEach(async () => {
  await redis.flushall()
  await pool.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'qtool'`)
})

const OF_NO_QUEUE = ['bench', 'demo', 'queues']

function start(queue: string, line: string[]): RunningCli {
  const env = cliEnv({REDIS_URL: servers.redis.url, DATABASE_URL: servers.postgres.url, NODE_OPTIONS})
  return runningCli(OF_NO_QUEUE.includes(line[0]) ? line : [...line, '-q', queue], env)
}

/** Ends the command with Ctrl-C once `server` stands still. */
async function interrupt(server: 'redis' | 'postgres', run: RunningCli) {
  servers[server].freeze()
  run.child.kill('SIGINT')
  return run.ended
}

async function addLetters(queue: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const head = {id: `l:${i}`, queue, failedAt: 1000 + i, attempts: 1, score: i}
    const cause = {reason: 'invalid', code: '22P02', message: 'm'} as const
    await redis.zadd(queueKeys(queue).dead, 1000 + i, deadLetterText(head, cause, Buffer.from(`{"a":${i}}`)))
  }
}

const isBenchUnderWay = async () => (await redis.keys('*qtool-bench*')).length > 0

describe('the first Ctrl-C while Redis stands still ends', () => {
  it('enqueue, with an account of all that was read', async () => {
    const queue = randomUUID()
    const run = start(queue, ['enqueue', '--count', '1m', '--rate', '2k', '--json'])
    await until(async () => (await redis.zcard(queueKeys(queue).ready)) > 0)
    const {code, stdout} = await interrupt('redis', run)
    expect(code).toBe(130)
    const {read, enqueued, duplicates, rejected, unsent} = JSON.parse(stdout)
    expect(read).toBe(enqueued + duplicates + rejected + unsent)
  })

  it.each(['inspect', 'queues'])('%s --watch', async (command) => {
    const run = start(randomUUID(), [command, '--watch'])
    await once(run.child.stdout, 'data')
    const {code} = await interrupt('redis', run)
    expect(code).toBe(130)
  })

  it.each([[['work']], [['work', '--processes', '2']]])('%j', async (line) => {
    const queue = randomUUID()
    const run = start(queue, [...line, '--table', 'live_track_points'])
    await until(async () => (await redis.hlen(queueKeys(queue).workers)) > 0)
    const {code} = await interrupt('redis', run)
    expect(code).toBe(130)
  })

  it('dlq replay', async () => {
    const queue = randomUUID()
    await addLetters(queue, 200)
    const run = start(queue, ['dlq', 'replay', '--rate', '20'])
    await until(async () => (await redis.zcard(queueKeys(queue).ready)) > 0)
    const {code} = await interrupt('redis', run)
    expect(code).toBe(130)
  })

  it.each([
    [['modes', '--mode', 'single', '--for', '30s']],
    [['sustained', '--rate', '200', '--for', '30s']],
  ])('bench %j', async (line) => {
    const run = start('', ['bench', ...line])
    await until(isBenchUnderWay)
    const {code} = await interrupt('redis', run)
    expect(code).toBe(130)
  })
})

describe('the first Ctrl-C while Postgres stands still ends', () => {
  const isInserting = async () => {
    const {rowCount} = await pool.query(
      `SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND pid <> pg_backend_pid()`,
    )
    return (rowCount ?? 0) > 0
  }

  it('work, whose lease stays in Redis', async () => {
    const queue = randomUUID()
    const keys = queueKeys(queue)
    await redis.zadd(keys.ready, 1, '{"a":1}')
    const run = start(queue, ['work', '--table', 'slow'])
    await until(isInserting)
    const {code, stderr} = await interrupt('postgres', run)
    expect(code).toBe(130)
    expect(stderr).toContain('does not answer')
    expect((await redis.zcard(keys.ready)) + (await redis.zcard(keys.leases))).toBe(1)
  })

  it('dlq diagnose', async () => {
    const queue = randomUUID()
    await addLetters(queue, 1)
    const run = start(queue, ['dlq', 'diagnose', '--table', 'slow'])
    await until(isInserting)
    const {code} = await interrupt('postgres', run)
    expect(code).toBe(130)
  })

  it('bench workers', async () => {
    const run = start('', ['bench', 'workers', '--count', '200k'])
    await until(isBenchUnderWay)
    const {code} = await interrupt('postgres', run)
    expect(code).toBe(130)
  })
})

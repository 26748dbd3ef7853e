import {afterAll, beforeAll, expect, inject, it, onTestFinished} from 'vitest'
import {cli, cliEnv, runningCli, until} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
const role = `not_allowed_${process.pid}`
const url = new URL(inject('databaseUrl'))
url.username = role
url.password = 'pw'
const env = cliEnv({DATABASE_URL: url.href})

const run = (sql: string) => context.pool.query(sql)
const work = (queue: string, ...more: string[]) => [
  ...['work', '-q', queue, '--table', `${context.schema}.guarded`, '--lease', '1s'],
  ...more,
]
const setReadOnly = (value: 'on' | 'off') =>
  run(`ALTER ROLE ${role} SET default_transaction_read_only = ${value};
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '${role}'`)

beforeAll(async () => {
  await run(`CREATE ROLE ${role} LOGIN PASSWORD 'pw'; CREATE TABLE guarded (a int);
GRANT USAGE ON SCHEMA ${context.schema}, qtool TO ${role}; GRANT INSERT, SELECT ON guarded TO ${role};
GRANT ALL ON ALL TABLES IN SCHEMA qtool TO ${role}`)
})

afterAll(() => run(`DROP OWNED BY ${role}; DROP ROLE ${role}`))

it('work ends at once where Postgres takes no writes from the beginning, and takes no item', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  await setReadOnly('on')
  const {code, stderr} = await cli(work(queue, '--until-empty'), {env})
  await setReadOnly('off')
  expect({code, stderr}).toMatchObject({code: 4, stderr: expect.stringContaining('read-only')})
  expect(await context.redis.zcard(keys.ready)).toBe(1)
})

it('work waits where Postgres takes no writes for a while, and does not call that being back', async () => {
  const {queue, keys} = context.newQueue()
  const worker = runningCli(work(queue), env)
  onTestFinished(() => void worker.child.kill('SIGKILL'))
  await push(context, keys, ['{"a":2}'])
  await until(async () => (await run('SELECT FROM guarded WHERE a = 2')).rowCount === 1)
  await setReadOnly('on')
  await push(context, keys, ['{"a":3}'])
  await until(() => worker.stderr().includes('Postgres: probing'))
  expect(worker.stderr()).toMatch(/Postgres cannot write now, items stay queued: .*read-only/)
  expect(worker.stderr()).not.toMatch(/is back|unreachable/)
  await setReadOnly('off')
  await until(async () => (await run('SELECT FROM guarded WHERE a = 3')).rowCount === 1)
  expect(worker.stderr()).toContain('Postgres is back')
  worker.child.kill('SIGTERM')
  expect((await worker.ended).code).toBe(130)
  expect(await context.redis.zcard(keys.dead)).toBe(0)
})

it('work says that it may not use the schema, not that there is no such table', async () => {
  const {queue} = context.newQueue()
  await run(`REVOKE USAGE ON SCHEMA ${context.schema} FROM ${role}`)
  const {code, stderr} = await cli(work(queue, '--until-empty'), {env})
  await run(`GRANT USAGE ON SCHEMA ${context.schema} TO ${role}`)
  expect(code).toBe(1)
  expect(stderr).toContain(`permission denied for schema ${context.schema}`)
})

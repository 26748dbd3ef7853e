import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import {cli, cliEnv} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const USER = 'reader'
/** Reading, scripts that only read, and what a connection needs: a write by a script is refused as well. */
const RULES = [
  'on',
  '>look',
  '~*',
  '-@all',
  '+@read',
  '+@connection',
  '+@scripting',
  '+@transaction',
  '+time',
  '+info',
]
let at: ReturnType<typeof context.newQueue>

beforeAll(async () => {
  await context.redis.call('ACL', 'SETUSER', USER, 'reset', ...RULES)
  at = context.newQueue()
  await push(context, at.keys, ['{"n":1}'])
  await seedLetters(context, at, [{payload: '{"n":2}'}, {payload: '{"n":3}', reason: 'invalid'}])
  // What a user who may write would clean up: an old purge and an old worker
  await context.redis.hset(at.keys.trash, 'oldtrash', 'ready 1 1000')
  await context.redis.zadd(at.keys.trashed('oldtrash'), 1, '{"gone":1}')
  await context.redis.hset(at.keys.workers, 'old', JSON.stringify({name: 'old', workers: 1, seenAt: 1000}))
})

afterAll(async () => {
  await context.redis.call('ACL', 'DELUSER', USER)
})

/** Everything that Redis holds of the queue. */
async function everything(): Promise<unknown> {
  const {keys} = at
  return Promise.all([
    context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES'),
    context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES'),
    context.redis.hgetall(keys.trash),
    context.redis.zrange(keys.trashed('oldtrash'), '0', '-1'),
    context.redis.hgetall(keys.workers),
    context.redis.hgetall(keys.stats),
    context.redis.exists(keys.sink, keys.paused, keys.history),
  ])
}

it.each([
  ['inspect'],
  ['peek'],
  ['undo'],
  ['audit'],
  ['dlq', 'list'],
  ['dlq', 'list', '--all'],
  ['dlq', 'list', '--reason', 'invalid'],
  ['dlq', 'show', 'lease:0'],
  ['dlq', 'export'],
  ['dlq', 'purge', '--dry-run'],
  ['dlq', 'replay', '--dry-run'],
  ['dlq', 'edit', '--set', 'n=5', '--dry-run'],
  ['purge', '--dry-run'],
])('a user who may only read can run %s %s', async (...line) => {
  const before = await everything()
  const url = new URL(inject('redisUrl'))
  url.username = USER
  url.password = 'look'
  const {code, stderr} = await cli([...line, '-q', at.queue], {env: cliEnv({REDIS_URL: url.href})})
  expect(stderr).not.toContain('NOPERM')
  expect(code).toBe(0)
  expect(await everything()).toEqual(before)
})

it.each([
  ['purge', '--yes'],
  ['pause'],
  ['resume'],
  ['undo', 'oldtrash'],
  ['undo', '--last'],
  ['dlq', 'purge', '--yes'],
  ['dlq', 'replay'],
  ['dlq', 'edit', '--set', 'n=5', '--yes'],
  ['dlq', 'replay', '--only-passing', '--dry-run'],
  ['dlq', 'diagnose'],
])('a read-only profile refuses %s %s, and nothing changes', async (...line) => {
  const before = await everything()
  const env = cliEnv()
  const urls = ['--redis-url', inject('redisUrl'), '--database-url', inject('databaseUrl')]
  await cli(['profiles', 'add', 'look', '--read-only', ...urls], {env})
  delete env.REDIS_URL
  delete env.DATABASE_URL
  const {code, stderr} = await cli([...line, '-q', at.queue, '--profile', 'look'], {env})
  expect(stderr).toContain('profile "look" is read-only')
  expect(code).toBe(6)
  expect(await everything()).toEqual(before)
})

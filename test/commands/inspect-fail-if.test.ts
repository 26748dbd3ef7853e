import {expect, inject, it} from 'vitest'
import Inspect from '../../src/commands/inspect.ts'
import {useServers} from '../support/context.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()

/** A queue with an item that is ten minutes old, and three dead letters. */
async function filled(): Promise<string> {
  const {queue, keys} = context.newQueue()
  const {redis} = context
  await redis.zadd(keys.ready, 1e13 + Date.now() - 600_000, '{"a":1}')
  for (const i of [1, 2, 3]) await redis.zadd(keys.dead, Date.now(), `{"item":${i}}`)
  return queue
}

async function check(queue: string, ...conditions: string[]) {
  const flags = conditions.flatMap((condition) => ['--fail-if', condition])
  const env = {REDIS_URL: inject('redisUrl')}
  const text = await runCommand(Inspect, ['-q', queue, ...flags], env)
  const {json, code} = await runCommand(Inspect, ['-q', queue, ...flags, '--json'], env)
  expect(code).toBe(text.code)
  return {code, first: text.stdout.split('\n')[0], checks: (json as {checks: unknown}).checks}
}

it('ends with 5 if a condition holds, and says the figures first', async () => {
  const {code, first, checks} = await check(await filled(), 'dead>2', 'oldest>5m', 'ready>1k')
  expect(code).toBe(5)
  expect(first).toMatch(/^FAILED: dead 3 > 2; oldest 10(\.\d+)? > 5 m$/)
  expect(checks).toMatchObject([
    {name: 'dead', ok: false},
    {name: 'oldest', ok: false},
    {name: 'ready', ok: true},
  ])
})

it('ends with 0 if none does', async () => {
  const {code, first} = await check(await filled(), 'dead>=4', 'oldest>1h', 'overdue>0')
  expect({code, first: first.replace(/10\.\d+/, '10')}).toMatchObject({code: 0})
  expect(first).toMatch(/^ok: dead 3 < 4; oldest 0\.1\d* <= 1 h; overdue 0 <= 0$/)
})

it('misses workers, and takes nothing that waits for no time', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.set(keys.paused, '1')
  expect(await check(queue, 'workers<1')).toMatchObject({code: 5, first: 'FAILED: workers 0 < 1'})
  expect(await check(queue, 'oldest>5m')).toMatchObject({code: 0})
  expect(await check(queue)).toMatchObject({code: 0, checks: []})
})

it('does not call a figure good that is not known', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.rpush(keys.ready, '{"a":1}')
  expect(await check(queue, 'oldest>5m')).toMatchObject({
    code: 5,
    first: 'FAILED: oldest was not measured, expected <= 5 m',
  })
})

it.each([
  ['letters>1', 'there is no figure "letters" here'],
  ['dead<1', 'expected --fail-if to require less dead'],
  ['oldest>5x', 'expected oldest of --fail-if in s, m, h, d'],
])('refuses %s', async (condition, message) => {
  const {code, stderr} = await runCommand(Inspect, ['--fail-if', condition], {REDIS_URL: inject('redisUrl')})
  expect(code).toBe(2)
  expect(stderr).toContain(message)
})

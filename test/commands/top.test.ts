import {expect, inject, it} from 'vitest'
import Top from '../../src/commands/top.ts'
import {push, useServers} from '../support/context.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()
const top = (...args: string[]) => runCommand(Top, args, {REDIS_URL: inject('redisUrl')})

it('prints the queues once, without colours in a file', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}', '{"a":2}'])
  const {code, stdout} = await top('--once', '--match', `${queue}*`)
  expect(code).toBe(0)
  expect(stdout).toMatch(new RegExp(`${queue.slice(0, 30)}.* !! no workers +2 +0 `))
  expect(stdout).not.toContain('\x1b')
})

it('prints them as JSON, each with its verdict', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"a":1}'])
  const {json} = await top('--once', '--match', `${queue}*`, '--json')
  expect(json).toMatchObject({queues: [{queue, ready: 1, verdict: {level: 'critical'}}], observation: null})
})

it('prints all about one queue, with rates', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.zadd(keys.dead, 1.7e12, 'a letter')
  await context.redis.hset(keys.stats, {'dead:invalid': 1, enqueued: 5})
  const {stdout} = await top('--once', '-q', queue)
  expect(stdout).toMatch(/invalid +1/)
  expect(stdout).toContain('in\u00a00/s')
  const {json} = await top('--once', '-q', queue, '--json')
  expect(json).toMatchObject({
    queues: [],
    observation: {
      inspection: {queue, deadLetters: 1},
      rates: {in: 0},
      verdict: {level: 'ok', text: 'dead letters'},
    },
  })
})

it.each([
  [[], 'expected a terminal'],
  [['--json'], '--json needs --once'],
])('is a mistake without a terminal: %j', async (args, message) => {
  const {code, stdout, stderr} = await top(...args)
  expect(code).toBe(2)
  expect(stdout + stderr).toContain(message)
})

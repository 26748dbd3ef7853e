import {afterAll, beforeAll, beforeEach, describe, expect, inject, it} from 'vitest'
import {withRedis} from '../../src/redis/connect.ts'
import {confirm} from '../../src/redis/durability.ts'
import {cli, cliEnv} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {startWithWaitAof, type WithWaitAof} from '../support/waitaof.ts'

const context = useServers()
let server: WithWaitAof

beforeAll(async () => {
  server = await startWithWaitAof(Number(new URL(inject('redisUrl')).port))
})
beforeEach(() => server.reply('{1, 0}'))
afterAll(() => server.close())

const url = () => Object.assign(new URL(inject('redisUrl')), {port: String(server.port)}).href

const enqueue = (redisUrl: string, ...flags: string[]) =>
  cli(['enqueue', '-q', context.newQueue().queue, '--json', ...flags, '-'], {
    env: cliEnv({REDIS_URL: redisUrl}),
    input: '{"a":1}\n{"a":2}\n',
  })

const version = async () => (await context.redis.info('server')).match(/redis_version:(\d+)\.(\d+)/) ?? []

describe('durability disk', () => {
  it('is refused by a server without WAITAOF, which says what to do', async () => {
    const [, major, minor] = (await version()).map(Number)
    if (major > 7 || (major === 7 && minor >= 2)) return
    const {code, stdout} = await enqueue(inject('redisUrl'), '--durability', 'disk')
    expect(code).toBe(2)
    const {error} = JSON.parse(stdout)
    expect(error.message).toMatch(/^durability disk needs Redis 7\.2 or newer, or Valkey: this server \(7\.0/)
    expect(error.suggestions[0]).toContain('appendfsync always')
  })

  it('is refused by a server without an append-only file', async () => {
    server.reply(
      `redis.error_reply('ERR WAITAOF cannot be used when numlocal is set but appendonly is disabled.')`,
    )
    const {code, stdout} = await enqueue(url(), '--durability', 'disk')
    expect(code).toBe(2)
    expect(stdout).toContain('CONFIG SET appendonly yes')
  })

  it('is confirmed for what the server says is on its disk', async () => {
    const {code, stdout} = await enqueue(url(), '--durability', 'disk')
    expect({code, ...JSON.parse(stdout)}).toMatchObject({code: 0, enqueued: 2, unconfirmed: 0})
  })

  it.each([
    ['{0, 0}', 0, 'Redis has not confirmed that a write is on its disk'],
    ['{1, 1}', 2, '1 of 2 replicas have confirmed a write on their disks'],
  ])('is not confirmed by %s where %d replicas are wanted', async (reply, replicas, message) => {
    server.reply(reply)
    const confirming = withRedis(url(), {}, (redis) => confirm(redis, {level: 'disk', replicas}))
    await expect(confirming).rejects.toMatchObject({code: 'NOT_CONFIRMED', kind: 'connect', message})
  })
})

it('asks for no confirmation with durability memory', async () => {
  server.reply(`redis.error_reply('ERR nobody should ask')`)
  expect((await enqueue(url())).code).toBe(0)
})

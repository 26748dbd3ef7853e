import {readFileSync} from 'node:fs'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  redis = new Redis(server.url)
  await redis.zadd('queue:orders', 1, '{"a":1}')
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

const env = () => cliEnv({REDIS_URL: server.url})

describe('a queue that is named without a flag', () => {
  it('is the queue of the command', async () => {
    const {json} = await cliJson(['peek', 'orders'], {env: env()})
    expect(json).toMatchObject({queue: 'orders', ready: 1})
    expect((await cliJson(['dlq', 'list', 'orders'], {env: env()})).json).toMatchObject({queue: 'orders'})
  })

  it('may be named twice if it is the same, and is refused as another', async () => {
    expect((await cli(['peek', 'orders', '-q', 'orders'], {env: env()})).code).toBe(0)
    const {code, stderr} = await cli(['peek', 'orders', '-q', 'others'], {env: env()})
    expect(code).toBe(2)
    expect(stderr).toContain('the queue is named twice: "orders" and --queue "others"')
  })

  it('must not be empty', async () => {
    expect((await cli(['peek', ''], {env: env()})).code).toBe(2)
  })

  it('is taken by every command with --queue that takes no other argument, except those that say so', () => {
    const {commands}: {commands: Record<string, {args: object; flags: object}>} = JSON.parse(
      readFileSync('oclif.manifest.json', 'utf8'),
    )
    const without = Object.entries(commands)
      .filter(([, {args, flags}]) => 'queue' in flags && !('queue' in args))
      .map(([id]) => id)
    // Those have other arguments, or commands of their own below them
    const expected = [
      'check',
      'dlq:edit',
      'dlq:show',
      'enqueue',
      'operations',
      'profiles:add',
      'serve',
      'undo',
    ]
    expect(without.sort()).toEqual(expected)
  })

  it('is told from a file that is not there', async () => {
    const {stderr} = await cli(['enqueue', 'orders'], {env: env()})
    expect(stderr).toContain('-q orders names a queue')
  })
})

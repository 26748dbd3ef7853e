import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {queueKeys} from '../../../src/redis/keys.ts'
import {cliEnv, runningCli, until} from '../../support/cli.ts'
import {type FaultProxy, startProxy} from '../../support/proxy.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'

/** A Redis that nobody else uses, so that it may have users of its own. */
let server: TestServer
let proxy: FaultProxy
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis()
  proxy = await startProxy(server.port)
  redis = new Redis(server.url)
})
afterAll(async () => {
  redis.disconnect()
  await proxy.close()
  await server.stop()
})

const enqueue = (queue: string, url: string) =>
  runningCli(['enqueue', '-q', queue, '--json', '-'], cliEnv({REDIS_URL: url}))

describe('a user who may not do all that is needed', () => {
  it('ends enqueue with that error', async () => {
    await redis.acl('SETUSER', 'narrow', 'on', '>narrow', '~*', '+@all', '-client')
    const url = Object.assign(new URL(server.url), {username: 'narrow', password: 'narrow'}).href
    const {child, ended} = enqueue('narrow', url)
    child.stdin.end('{"a":1}\n')
    const {code, stdout} = await ended.finally(() => child.kill('SIGKILL'))
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error.code).toBe('NOPERM')
  })

  it('is told once that it may not kill lost connections, and has every item once', async () => {
    await redis.acl('SETUSER', 'gentle', 'on', '>gentle', '~*', '+@all', '-client|kill')
    const url = Object.assign(new URL(server.url), {
      port: String(proxy.port),
      username: 'gentle',
      password: 'gentle',
    }).href
    const {child, ended} = enqueue('gentle', url)
    const {ready} = queueKeys('gentle')
    for (const count of [1, 2, 3]) {
      child.stdin.write(`{"a":${count}}\n`)
      await until(async () => (await redis.zcard(ready)) === count)
      proxy.cut()
    }
    child.stdin.end()
    const {code, stdout, stderr} = await ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({read: 3, enqueued: 3, duplicates: 0})
    expect(stderr.match(/may not run CLIENT KILL/g)).toHaveLength(1)
  })
})

import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {until} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {examineRedis, ills} from './examine.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('slowlog-log-slower-than 1000000')
  redis = new Redis(server.url)
})

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

const set = (name: string, value: string) => redis.config('SET', name, value)

/** Does what the first command for redis-cli in a text says. */
async function follow(fix: string): Promise<void> {
  const [, command = ''] = /redis-cli ([A-Z][^,;]*)/.exec(fix) ?? []
  const [name, ...words] = command.trim().split(' ')
  await redis.call(name, ...words)
  await until(async () => /aof_rewrite_in_progress:0/.test(await redis.info('persistence')))
}

it.each([
  ['redis.eviction', () => set('maxmemory-policy', 'allkeys-lru')],
  ['redis.persistence', () => set('appendfsync', 'no')],
  ['redis.persistence', () => set('appendonly', 'no')],
  ['redis.clients', () => set('maxclients', '3')],
  ['redis.replicas', () => set('min-replicas-to-write', '1')],
  [
    'redis.groups',
    async () => {
      await redis.xadd('events', '*', 'a', '1')
      await redis.xgroup('CREATE', 'events', 'nobody', '0')
    },
  ],
  [
    'redis.scripts',
    async () => {
      for (let i = 0; i <= 1000; i++) await redis.script('LOAD', `return ${i}`)
    },
  ],
])('finds %s, and nothing more once the command that it names was run', async (check, breakIt) => {
  await breakIt()
  const findings = await ills(server.url)
  expect(findings.map((one) => one.check)).toEqual([check])
  await follow(findings[0].fix)
  expect(await examineRedis(server.url)).toEqual([])
})

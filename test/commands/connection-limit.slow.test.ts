import {type AddressInfo, connect, createServer, type Server, type Socket} from 'node:net'
import {afterEach, beforeEach, expect, inject, it} from 'vitest'
import {cli, cliEnv} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

let server: Server
let peak: number

/** Forwards to the Redis of the tests, and counts how many connections are open at the same time. */
beforeEach(async () => {
  const {hostname, port} = new URL(inject('redisUrl'))
  const open = new Set<Socket>()
  peak = 0
  server = createServer((client) => {
    const upstream = connect(Number(port), hostname)
    open.add(client)
    peak = Math.max(peak, open.size)
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ]) {
      from.on('error', () => {})
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
    client.on('close', () => open.delete(client))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(() => new Promise((resolve) => server.close(resolve)))

function limited(max: number): NodeJS.ProcessEnv {
  const url = new URL(inject('redisUrl'))
  url.port = String((server.address() as AddressInfo).port)
  return cliEnv({REDIS_URL: url.href, REDIS_MAX_CONNECTIONS: String(max)})
}

const points = `${JSON.stringify({flight_uuid: crypto.randomUUID(), flight_id: 'x', datetime: '2026-01-01T00:00:00Z', lat: 1, lon: 2})}\n`

it.each([
  [2, ['enqueue']],
  [1, ['work', '--until-empty']],
  [4, ['work', '--until-empty', '--processes', '4', '--workers', '8']],
  [1, ['inspect']],
  [1, ['peek']],
  [1, ['dlq', 'list']],
  [1, ['dlq', 'diagnose']],
  [1, ['dlq', 'replay']],
  [1, ['dlq', 'replay', '--canary', '1', '--canary-timeout', '1s']],
  [1, ['dlq', 'export']],
  [1, ['dlq', 'purge', '--yes']],
  [1, ['purge', '--yes']],
  [1, ['undo']],
  [1, ['pause']],
  [1, ['resume']],
  [1, ['audit']],
])('opens at most %i connections to Redis where that is the limit: %j', async (max, args) => {
  const named = args[0] === 'audit' ? args : [...args, '-q', context.newQueue().queue]
  const {stderr} = await cli(named, {env: limited(max), input: points})
  expect(stderr).not.toContain('connections to Redis at a time')
  expect(peak).toBeGreaterThan(0)
  expect(peak).toBeLessThanOrEqual(max)
})

it.each([
  [1, 2, ['enqueue']],
  [3, 4, ['work', '--until-empty', '--processes', '4']],
])('says that %i connections are too few where %i are needed: %j', async (max, needed, args) => {
  const {code, stderr} = await cli([...args, '-q', context.newQueue().queue], {
    env: limited(max),
    input: points,
  })
  expect(code).toBe(2)
  expect(stderr).toContain(
    `this needs ${needed} connections to Redis at the same time, but REDIS_MAX_CONNECTIONS allows ${max}`,
  )
  expect(peak).toBeLessThanOrEqual(max)
})

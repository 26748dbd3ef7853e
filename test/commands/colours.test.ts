import {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {atTerminal} from '../support/at-terminal.ts'
import {cli, cliEnv} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  const redis = new Redis(server.url)
  await redis.zadd('queue:orders', 1, '{"a":1}')
  redis.disconnect()
})

afterAll(() => server.stop())

async function screenOf(words: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const terminal = atTerminal(words, {REDIS_URL: server.url, ...env})
  await terminal.ended
  return terminal.screen()
}

describe('colours', () => {
  it('are there on a terminal, beside words that say the same', async () => {
    expect(await screenOf(['queues'])).toMatch(/\u001b\[[\d;]+m!! no workers/)
    expect(await screenOf(['nope'])).toContain('unknown command')
    expect(await screenOf(['peek', '--limit', 'x'])).toMatch(/\u001b\[1;31mqtool:/)
  })

  it.each<[string, string[], NodeJS.ProcessEnv]>([
    ['with NO_COLOR', [], {NO_COLOR: '1'}],
    ['with --no-color', ['--no-color'], {}],
  ])('are absent %s', async (_, flags, env) => {
    const screen = await screenOf(['queues', ...flags], env)
    expect(screen).toContain('!! no workers')
    expect(screen).not.toMatch(/\u001b\[[\d;]+m/)
  })

  it('are absent in a pipe, where lines are not broken either', async () => {
    const {stdout} = await cli(['inspect', 'orders'], {env: cliEnv({REDIS_URL: server.url})})
    expect(stdout).not.toContain('\u001b')
    expect(stdout).toMatch(/^queue orders/)
  })
})

it('views name their servers on a terminal', async () => {
  const {host} = new URL(server.url)
  expect(await screenOf(['inspect', 'orders', '--no-color'])).toMatch(new RegExp(`^Redis ${host}, Postgres `))
})

import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {cliEnv, until} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'
import {shellAtTerminal} from '../support/shell.ts'

let server: TestServer
beforeAll(async () => {
  server = await startTestRedis('appendonly yes', 'appendfsync always')
})
afterAll(() => server.stop())

it.runIf(process.platform === 'linux')(
  'says that the server is away, and goes on by itself when it is back',
  async () => {
    const redis = new Redis(server.url)
    await redis.zadd('queue:orders', 1, '{"a":1}')
    redis.disconnect()
    const shell = await shellAtTerminal({columns: 120, env: cliEnv({REDIS_URL: server.url})})
    shell.qtool('top')
    await until(() => /no workers +1 /.test(shell.frame()))
    await server.crash()
    await until(() => /NO READINGS for .*ECONNREFUSED/.test(shell.lines()[1] ?? ''))
    // What was read last stays on the screen
    expect(shell.frame()).toMatch(/no workers +1 /)
    shell.type('Py')
    await until(() => shell.lines().at(-1)?.includes('nothing was changed: Redis does not answer') ?? false)
    await server.start()
    await until(() => (shell.lines()[1] ?? '').startsWith('Redis '))
    expect(shell.frame()).toMatch(/no workers +1 /)
    server.freeze()
    await until(() => shell.frame().includes('NO READINGS'))
    server.thaw()
    await until(() => (shell.lines()[1] ?? '').startsWith('Redis '))
    shell.type('q')
    await until(() => shell.job() === 0)
    await shell.close()
  },
  60_000,
)

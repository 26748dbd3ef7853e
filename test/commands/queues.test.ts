import {spawnSync} from 'node:child_process'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, beforeEach, describe, expect, it} from 'vitest'
import {cli, cliEnv, cliJson, runningCli, until} from '../support/cli.ts'
import {startTestRedis, type TestServer} from '../support/server.ts'

let server: TestServer
let redis: Redis

beforeAll(async () => {
  server = await startTestRedis('appendonly no')
  redis = new Redis(server.url)
})

beforeEach(() => redis.flushall())

afterAll(async () => {
  redis.disconnect()
  await server.stop()
})

const env = () => cliEnv({REDIS_URL: server.url})

describe('qtool queues', () => {
  it('lists what is there, whatever it is', async () => {
    await redis.zadd('queue:orders', 1, 'a', 2, 'b')
    await redis.hset('stats:orders', 'enqueued', 2)
    await redis.rpush('queue:default', 'x')
    await redis.zadd('queue:{tagged}', 1, 'x')
    await redis.set('queue:\u001b[31m', 'x')
    const {code, stderr, json} = await cliJson(['queues'], {env: env()})
    expect({code, stderr}).toEqual({code: 0, stderr: ''})
    expect(json).toMatchObject({
      queues: [
        {queue: 'default', engine: 'list', problem: null, ready: 1},
        {queue: 'orders', engine: 'zset', problem: null, ready: 2, inPerSecond: null, memory: null},
      ],
      foreign: {keys: 2, examples: expect.arrayContaining(['{tagged}', '\u001b[31m'])},
      keys: 5,
    })
    const text = await cli(['queues', '--match', 'ord*', '--memory'], {env: env()})
    expect(text.stdout).toMatch(/\n1 queue: 2 ready.*\n queue .*memory {2}engine\n orders .* 2 .*zset\n/)
    expect(text.stdout).not.toContain('default')
  })

  it('sorts by memory, which it then measures', async () => {
    await redis.zadd('queue:a', 1, 'x')
    await redis.zadd('queue:b', 1, 'x'.repeat(10_000))
    const {json} = await cliJson(['queues', '--sort', 'memory'], {env: env()})
    expect(json.queues.map(({queue}: {queue: string}) => queue)).toEqual(['b', 'a'])
    expect(json.queues[0].memory.ready.bytes).toBeGreaterThan(10_000)
  })

  it('says what to do on an empty Redis', async () => {
    const {host} = new URL(server.url)
    expect(await cli(['queues'], {env: cliEnv({REDIS_URL: server.url, DATABASE_URL: undefined})})).toEqual({
      code: 0,
      stdout: `Redis ${host}, Postgres not set\nthis Redis is empty; "qtool enqueue -q NAME FILE" makes one\n`,
      stderr: '',
    })
  })

  it('tells what was enqueued and written within the last minute', async () => {
    await cli(['enqueue', '-q', 'orders', '--count', '650', '--seed', '1'], {env: env()})
    const {json} = await cliJson(['queues'], {env: env()})
    const {inPerSecond} = json.queues[0].lastMinute
    // 60 to 65 s
    expect(inPerSecond).toBeGreaterThanOrEqual(10)
    expect(inPerSecond).toBeLessThan(11)
    expect(json.queues[0]).toMatchObject({inPerSecond, verdict: {text: 'no workers'}, workers: 0})
  })

  it('tells a user who may not run SCAN what to do', async () => {
    await redis.call('ACL', 'SETUSER', 'few', 'on', '>few', '~*', '+@all', '-scan')
    const url = Object.assign(new URL(server.url), {username: 'few', password: 'few'}).href
    const {code, json} = await cliJson(['queues'], {env: cliEnv({REDIS_URL: url})})
    expect(code).toBe(1)
    expect(json.error).toMatchObject({code: 'NOPERM', message: expect.stringContaining('may not run SCAN')})
    const {stderr} = await cli(['peek', '-q', 'nope'], {env: cliEnv({REDIS_URL: url})})
    expect(stderr).toContain('may not run SCAN')
  })
})

describe('qtool queues --watch', () => {
  it('prints a line for each view with --json, and ends with 130', async () => {
    await redis.hset('stats:orders', {enqueued: 5, inserted: 5})
    const watching = runningCli(['queues', '--watch', '--json'], env())
    let lines = 0
    watching.child.stdout?.on('data', (chunk) => {
      lines += String(chunk).split('\n').length - 1
    })
    await until(() => lines > 0)
    await redis.hincrby('stats:orders', 'enqueued', 1000)
    await until(() => lines > 1)
    watching.child.kill('SIGINT')
    const {code, stdout} = await watching.ended
    expect(code).toBe(130)
    const views = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(views.length).toBe(lines)
    expect(views[0].queues[0]).toMatchObject({inPerSecond: null, outPerSecond: null})
    const {inPerSecond} = views[1].queues[0]
    expect(inPerSecond).toBeGreaterThan(100)
    expect(inPerSecond).toBeLessThan(510)
  })
})

describe('qtool without a command', () => {
  const bare = (words: string[], given: NodeJS.ProcessEnv) =>
    spawnSync(process.execPath, ['bin/run.js', ...words], {env: given, encoding: 'utf8'})

  it('shows the queues, also with flags', async () => {
    await redis.zadd('queue:orders', 1, 'a')
    const given = cliEnv({REDIS_URL: server.url})
    const {stdout, status} = bare([], given)
    expect(status).toBe(0)
    expect(stdout).toMatch(/^Redis .*\n1 queue: 1 ready/)
    expect(JSON.parse(bare(['--json'], given).stdout).queues).toHaveLength(1)
    expect(bare(['--help'], given).stdout).toContain('COMMANDS')
  })

  it('says what to type first where nothing is configured, and where nothing answers', () => {
    const nothing = {...cliEnv(), REDIS_URL: undefined, DATABASE_URL: undefined, QTOOL_HOME: '/nonexistent'}
    const {status, stderr} = bare([], nothing)
    expect(status).toBe(2)
    expect(stderr).toContain('qtool up starts a local Redis and Postgres')
    const away = bare([], cliEnv({REDIS_URL: 'redis://127.0.0.1:1'}))
    expect(away.status).toBe(4)
    expect(away.stderr).toContain('→')
  })
})

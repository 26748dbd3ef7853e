import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, describe, expect, it, vi} from 'vitest'
import {Enqueuer} from '../../../src/queue/zset/enqueuer.ts'
import {ScoreClock} from '../../../src/queue/zset/score.ts'
import {type QueueKeys, queueKeys} from '../../../src/redis/keys.ts'
import {cliEnv, runningCli, until} from '../../support/cli.ts'
import {type FaultProxy, startProxy} from '../../support/proxy.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'

/** A Redis that nobody else uses, so that it may be restarted and blocked. */
let server: TestServer
let proxy: FaultProxy
let redis: Redis
let rounds = 0
let queue: string
let keys: QueueKeys

const ITEMS = Array.from({length: 50}, (_, i) => `{"a":${i}}`)
/** Blocks Redis for ARGV[1] seconds. */
const SPIN = `local t = redis.call('TIME') local stop = t[1] + t[2] / 1e6 + ARGV[1]
repeat t = redis.call('TIME') until t[1] + t[2] / 1e6 > stop`

beforeAll(async () => {
  server = await startTestRedis('busy-reply-threshold 50')
  proxy = await startProxy(server.port)
  redis = new Redis(server.url, {retryStrategy: () => 20, maxRetriesPerRequest: null})
  redis.on('error', () => {})
})
afterAll(async () => {
  redis.disconnect()
  await proxy.close()
  await server.stop()
})
afterEach(() => {
  vi.useRealTimers()
})

function newQueue(): void {
  queue = `q${++rounds}`
  keys = queueKeys(queue)
}

/** An enqueuer behind the proxy, and its first client. */
async function open(): Promise<{client: Redis; enqueuer: Enqueuer}> {
  newQueue()
  const url = Object.assign(new URL(server.url), {port: String(proxy.port)}).href
  const client = new Redis(url, {retryStrategy: () => 20, maxRetriesPerRequest: null})
  client.on('error', () => {})
  const clock = new ScoreClock(0, Date.now)
  return {client, enqueuer: await Enqueuer.open(client, {keys, mode: 'batch', batch: 10, clock})}
}

async function addAll(enqueuer: Enqueuer, items: string[]): Promise<void> {
  for (const item of items) await enqueuer.add(Buffer.from(item), 0, item.length)
  await enqueuer.finish()
}

describe('a Redis that holds a script of somebody else', () => {
  it('is waited for, and every item arrives once', async () => {
    const {client, enqueuer} = await open()
    await addAll(enqueuer, ITEMS.slice(0, 10))
    const spinner = redis.duplicate()
    const spinning = spinner.eval(SPIN, 0, 1)
    await until(() => redis.ping().then(() => false, isBusy))
    await addAll(enqueuer, ITEMS)
    await spinning
    expect(enqueuer).toMatchObject({added: 50, duplicates: 10})
    expect(await redis.zrange(keys.ready, '0', '-1')).toEqual(ITEMS)
    spinner.disconnect()
    await enqueuer.close()
    client.disconnect()
  })

  const isBusy = (error: Error) => error.message.startsWith('BUSY ')
})

describe('a user who may not do all that is needed', () => {
  it('ends enqueue with that error', async () => {
    newQueue()
    await redis.acl('SETUSER', 'narrow', 'on', '>narrow', '~*', '+@all', '-client')
    const url = Object.assign(new URL(server.url), {username: 'narrow', password: 'narrow'}).href
    const enqueue = runningCli(['enqueue', '-q', queue, '--json', '-'], cliEnv({REDIS_URL: url}))
    enqueue.child.stdin.end('{"a":1}\n')
    const {code, stdout} = await enqueue.ended.finally(() => enqueue.child.kill('SIGKILL'))
    expect(code).toBe(1)
    expect(JSON.parse(stdout).error.code).toBe('NOPERM')
  })

  it('is told once that it may not kill lost connections, and has every item once', async () => {
    newQueue()
    await redis.acl('SETUSER', 'gentle', 'on', '>gentle', '~*', '+@all', '-client|kill')
    const url = Object.assign(new URL(server.url), {
      port: String(proxy.port),
      username: 'gentle',
      password: 'gentle',
    }).href
    const {child, ended} = runningCli(['enqueue', '-q', queue, '--json', '-'], cliEnv({REDIS_URL: url}))
    for (const count of [1, 2, 3]) {
      child.stdin.write(`{"a":${count}}\n`)
      await until(async () => (await redis.zcard(keys.ready)) === count)
      proxy.cut()
    }
    child.stdin.end()
    const {code, stdout, stderr} = await ended
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({read: 3, enqueued: 3, duplicates: 0})
    expect(stderr.match(/may not run CLIENT KILL/g)).toHaveLength(1)
  })
})

describe('a Redis that was restarted', () => {
  it('gives old ids to others, whom the producer leaves alone', async () => {
    const {client, enqueuer} = await open()
    await addAll(enqueuer, ITEMS)
    proxy.refuse(true)
    proxy.cut()
    await server.crash()
    await server.start()
    const others = await Promise.all(
      Array.from({length: 60}, async () => {
        const other = new Redis(server.url, {retryStrategy: null, lazyConnect: true})
        await other.connect()
        return other
      }),
    )
    proxy.refuse(false)
    await addAll(enqueuer, ITEMS)
    await Promise.all(others.map((other) => other.ping()))
    for (const other of others) other.disconnect()
    await enqueuer.close()
    client.disconnect()
  })
})

describe('what Redis remembers of a run', () => {
  it('lasts as long as the run does', async () => {
    vi.useFakeTimers({toFake: ['performance']})
    const {client, enqueuer} = await open()
    await addAll(enqueuer, ITEMS.slice(0, 10))
    const [sent] = await redis.keys(keys.sent('*'))
    // As it would be after more than six days
    await redis.pexpire(sent, 60_000)
    vi.advanceTimersByTime(2 * 3_600_000)
    await addAll(enqueuer, ITEMS.slice(10, 20))
    expect(await redis.pttl(sent)).toBeGreaterThan(3_600_000)
    await enqueuer.close()
    client.disconnect()
  })

  it('expires also where Redis had lost it', async () => {
    const {client, enqueuer} = await open()
    await addAll(enqueuer, ITEMS.slice(0, 10))
    proxy.cut()
    await redis.del(await redis.keys(keys.sent('*')))
    await addAll(enqueuer, ITEMS.slice(10))
    const [sent] = await redis.keys(keys.sent('*'))
    expect(await redis.pttl(sent)).toBeGreaterThan(0)
    await enqueuer.close()
    client.disconnect()
  })
})

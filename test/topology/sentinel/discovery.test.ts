import {afterAll, beforeAll, describe, expect, it, onTestFinished} from 'vitest'
import {closeRedis} from '../../../src/redis/client.ts'
import {connectRedis, withRedis} from '../../../src/redis/connect.ts'
import {freePort} from '../../../src/stack/process.ts'
import {until} from '../../support/cli.ts'
import {startProxy} from '../../support/proxy.ts'
import {QUICK_MS, type SentinelSet, startSentinelSet} from '../../support/sentinel-set.ts'

let set: SentinelSet

beforeAll(async () => {
  set = await startSentinelSet({downAfterMs: QUICK_MS})
})
afterAll(() => set.stop())

const at = (...ports: number[]) =>
  `redis+sentinel://:test@${ports.map((port) => `127.0.0.1:${port}`).join(',')}/main`

const role = (url: string) => withRedis(url, {}, async (redis) => String((await redis.role())[0]))

describe('the primary is found', () => {
  it('beside sentinels that are down, hang, or drop every packet', async () => {
    const [first, second, third] = set.sentinels
    const down = await freePort()
    const gone = await startProxy(second.port)
    gone.blackhole(true)
    first.freeze()
    try {
      // The others never answer
      expect(await role(at(down, first.port, gone.port, third.port))).toBe('master')
    } finally {
      first.thaw()
      await gone.close()
    }
  })

  it('or it is said why not', async () => {
    const down = await freePort()
    await expect(role(at(down))).rejects.toMatchObject({
      code: 'CONNECT',
      message: expect.stringMatching(/primary main.*no sentinel answers: connect ECONNREFUSED/),
    })
    const unknown = at(set.sentinels[0].port).replace('/main', '/other')
    await expect(role(unknown)).rejects.toMatchObject({
      code: 'SENTINEL',
      kind: 'connect',
      message: expect.stringContaining('No such master'),
    })
  })
})

it('waits for sentinels that are all away as it does for a server, and goes on', async () => {
  const sentinel = await startProxy(set.sentinels[0].port)
  const server = await connectRedis(at(sentinel.port), {})
  onTestFinished(() => closeRedis(server))
  sentinel.refuse(true)
  sentinel.cut()
  server.disconnect(true)
  const answer = server.ping()
  await until(() => server.status === 'reconnecting')
  sentinel.refuse(false)
  expect(await answer).toBe('PONG')
  await sentinel.close()
})

it('follows the primary when a sentinel is told to move it, with no write to the old one', async () => {
  const redis = await connectRedis(set.url, {})
  onTestFinished(() => closeRedis(redis))
  const before = await set.primaryPort()
  await redis.set('n', 1)
  await set.failover()
  for (let n = 2; redis.stream.remotePort === before; n++) await redis.set('n', n)
  const last = await redis.incr('n')
  const now = await set.primary()
  onTestFinished(() => now.disconnect())
  expect(now.options.port).not.toBe(before)
  expect(await now.get('n')).toBe(String(last))
})

it('leaves a primary that hangs once the sentinels have another one', async () => {
  const redis = await connectRedis(set.url, {reconnectMs: 20_000})
  onTestFinished(() => closeRedis(redis))
  const port = await set.primaryPort()
  const hung = set.servers.find((one) => one.port === port)
  hung?.freeze()
  onTestFinished(() => hung?.thaw())
  await redis.set('after', 'the hang')
  expect(redis.stream.remotePort).not.toBe(port)
})

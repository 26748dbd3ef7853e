import {Redis} from 'ioredis'
import {afterAll, afterEach, beforeAll, describe, expect, it, vi} from 'vitest'
import type {Producer} from '../../../src/queue/producer.ts'
import {until} from '../../support/cli.ts'
import {type FaultProxy, startProxy} from '../../support/proxy.ts'
import {startTestRedis, type TestServer} from '../../support/server.ts'
import {addAll, type EngineTests, type TestedQueue} from './tested-queue.ts'

const ITEMS = Array.from({length: 50}, (_, i) => `{"a":${i}}`)

/** Blocks Redis for ARGV[1] seconds. */
const SPIN = `local t = redis.call('TIME') local stop = t[1] + t[2] / 1e6 + ARGV[1]
repeat t = redis.call('TIME') until t[1] + t[2] / 1e6 > stop`

export function describeRefusals({can, queueAt}: EngineTests): void {
  describe('a producer whose Redis refuses or restarts', () => {
    /** A Redis that nobody else uses, so that it may be restarted and blocked. */
    let server: TestServer
    let proxy: FaultProxy
    let redis: Redis
    let rounds = 0
    let queue: TestedQueue
    /** A client behind the proxy, and a producer with its options. */
    let client: Redis
    let producer: Producer

    beforeAll(async () => {
      server = await startTestRedis('busy-reply-threshold 50')
      proxy = await startProxy(server.port)
      redis = connect(server.port)
    })
    afterAll(async () => {
      redis.disconnect()
      await proxy.close()
      await server.stop()
    })
    afterEach(async () => {
      vi.useRealTimers()
      await producer.close()
      client.disconnect()
    })

    function connect(port: number): Redis {
      const url = Object.assign(new URL(server.url), {port: String(port)}).href
      const opened = new Redis(url, {retryStrategy: () => 20, maxRetriesPerRequest: null})
      opened.on('error', () => {})
      return opened
    }

    async function open(): Promise<void> {
      queue = queueAt(redis, `q${++rounds}`)
      client = connect(proxy.port)
      producer = await queueAt(client, queue.name).openProducer()
    }

    it('waits for a script of somebody else, and has every item arrive once', async () => {
      await open()
      await addAll(producer, ITEMS.slice(0, 10))
      const spinner = redis.duplicate()
      const spinning = spinner.eval(SPIN, 0, 1)
      await until(() => redis.ping().then(() => false, isBusy))
      await addAll(producer, can.collapse ? ITEMS : ITEMS.slice(10))
      await spinning
      expect(producer).toMatchObject({added: 50, duplicates: can.collapse ? 10 : 0})
      expect(await queue.ready()).toEqual(ITEMS)
      spinner.disconnect()
    })

    const isBusy = (error: Error) => error.message.startsWith('BUSY ')

    it('leaves others alone to whom a restarted Redis gives its old ids', async () => {
      await open()
      await addAll(producer, ITEMS)
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
      await addAll(producer, ITEMS)
      await Promise.all(others.map((other) => other.ping()))
      for (const other of others) other.disconnect()
    })

    it('has its run remembered as long as the run lasts', async () => {
      vi.useFakeTimers({toFake: ['performance']})
      await open()
      await addAll(producer, ITEMS.slice(0, 10))
      const [sent] = await redis.keys(queue.keys.sent('*'))
      // As it would be after more than six days
      await redis.pexpire(sent, 60_000)
      vi.advanceTimersByTime(2 * 3_600_000)
      await addAll(producer, ITEMS.slice(10, 20))
      expect(await redis.pttl(sent)).toBeGreaterThan(3_600_000)
    })

    it('has its run forgotten some day also if Redis had lost it', async () => {
      await open()
      await addAll(producer, ITEMS.slice(0, 10))
      proxy.cut()
      await redis.del(await redis.keys(queue.keys.sent('*')))
      await addAll(producer, ITEMS.slice(10))
      const [sent] = await redis.keys(queue.keys.sent('*'))
      expect(await redis.pttl(sent)).toBeGreaterThan(0)
    })
  })
}

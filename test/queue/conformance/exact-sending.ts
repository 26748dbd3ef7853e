import type {Redis} from 'ioredis'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {EnqueueMode} from '../../../src/queue/producer.ts'
import {type FaultAction, type FaultProxy, startProxy} from '../../support/proxy.ts'
import {addAll, type EngineTests, type TestedQueue} from './tested-queue.ts'

const ITEMS = Array.from({length: 600}, (_, i) => `{"a":${i}}`)

export function describeExactSending({context, itIfCan, queueAt, queueOf}: EngineTests): void {
  describe('a producer whose connection breaks', () => {
    let proxy: FaultProxy
    let redis: Redis

    beforeAll(async () => {
      proxy = await startProxy(context.reach.port())
      redis = connect({commandTimeout: 500, retryStrategy: () => 5})
    })
    afterAll(async () => {
      redis.disconnect()
      await proxy.close()
    })

    function connect(options: {commandTimeout?: number; retryStrategy: (times: number) => number | null}) {
      return context.reach.through(proxy.port, {...options, maxRetriesPerRequest: null})
    }

    const openProducer = ({name}: TestedQueue, mode: EnqueueMode, over = redis) =>
      queueAt(over, name).openProducer({mode})

    /** Enqueues while somebody else takes items out all the time; returns everything that ever came out. */
    async function enqueueAndTake(queue: TestedQueue, mode: EnqueueMode) {
      const taken: string[] = []
      let isDone = false
      const taker = (async () => {
        while (!isDone || (await queue.engine.depth()) > 0) taken.push(...(await queue.pop(20)))
      })()
      const producer = await openProducer(queue, mode)
      await addAll(producer, ITEMS)
      await producer.close()
      isDone = true
      await taker
      return {taken, producer}
    }

    describe.each(['single', 'pipeline', 'batch'] as const)('while it enqueues by %s', (mode) => {
      it.each<[FaultAction, number]>([
        ['cut', 1],
        ['cut-after-reply', 1],
        ['cut-after-reply', 6],
        ['swallow-reply', 1],
      ])('by %s, %d times, has every item arrive once', async (action, times) => {
        const queue = await queueOf()
        const fired = proxy.onRequest(`{"a":`, action, times)
        const {taken, producer} = await enqueueAndTake(queue, mode)
        await fired
        expect(taken.sort()).toEqual([...ITEMS].sort())
        expect(producer).toMatchObject({added: 600, duplicates: 0, pending: 0})
        expect(await queue.counters()).toMatchObject({enqueued: '600'})
      })
    })

    itIfCan('collapse')('counts what was there before as duplicates, also if it has to look', async () => {
      const queue = await queueOf(ITEMS[3], ITEMS[4])
      const fired = proxy.onRequest(ITEMS[3], 'cut-after-reply')
      const producer = await openProducer(queue, 'batch')
      await addAll(producer, ITEMS.slice(0, 10))
      await fired
      await producer.close()
      expect(producer).toMatchObject({added: 8, duplicates: 2})
      expect(await queue.counters()).toMatchObject({enqueued: '8'})
    })

    it('leaves nothing behind', async () => {
      const queue = await queueOf()
      await enqueueAndTake(queue, 'batch')
      expect(await context.redis.keys(queue.keys.sent('*'))).toEqual([])
    })

    it('fails once the client has given up, also if that was before it looked', async () => {
      const queue = await queueOf()
      const brief = connect({retryStrategy: (times) => (times > 2 ? null : 5)})
      const producer = await openProducer(queue, 'batch', brief)
      proxy.refuse(true)
      proxy.cut()
      const sending = addAll(
        producer,
        Array.from({length: 1000}, (_, i) => ITEMS[i % 600]),
      )
      await expect(sending).rejects.toThrow()
      await expect(producer.finish()).rejects.toThrow()
      proxy.refuse(false)
      await producer.close()
      brief.disconnect()
    })
  })
}

import {describe, expect, it} from 'vitest'
import {addAll, type EngineTests} from './tested-queue.ts'

export function describePeeking({context, itIfCan, queueOf}: EngineTests): void {
  describe('peeking', () => {
    it('shows what leaves next, in that order, and takes nothing', async () => {
      const queue = await queueOf('{"a":1}', '{"b":2}', '{"c":3}')
      const items = await queue.engine.peek(2)
      expect(items).toMatchObject([
        {payload: '{"a":1}', payloadEncoding: 'utf8', bytes: 7},
        {payload: '{"b":2}', payloadEncoding: 'utf8', bytes: 7},
      ])
      expect(JSON.parse(JSON.stringify(items))).toEqual(items)
      expect(await queue.ready()).toEqual(['{"a":1}', '{"b":2}', '{"c":3}'])
    })

    it('shows bytes that are no text as base64', async () => {
      const item = Buffer.from([0x7b, 0xff, 0x00])
      const queue = await queueOf(item)
      const [peeked] = await queue.engine.peek(10)
      expect(peeked).toMatchObject({payload: item.toString('base64'), payloadEncoding: 'base64', bytes: 3})
    })

    it('shows nothing of an empty queue', async () => {
      expect(await (await queueOf()).engine.peek(10)).toEqual([])
    })

    itIfCan('age')('shows when an item was enqueued', async () => {
      const queue = await queueOf()
      const [before] = await context.redis.time()
      const producer = await queue.openProducer()
      await addAll(producer, ['a'])
      await producer.close()
      const [after] = await context.redis.time()
      const [{enqueuedAt}] = await queue.engine.peek(1)
      const ms = Date.parse(enqueuedAt ?? '')
      expect(ms).toBeGreaterThanOrEqual(Number(before) * 1000)
      expect(ms).toBeLessThan((Number(after) + 1) * 1000)
    })

    itIfCan('priority')('shows the priority of an item', async () => {
      const queue = await queueOf()
      const producer = await queue.openProducer({priority: 7})
      await addAll(producer, ['a'])
      await producer.close()
      expect(await queue.engine.peek(1)).toMatchObject([{priority: 7}])
    })
  })
}

import {describe, expect, it} from 'vitest'
import type {EnqueueMode} from '../../../src/queue/producer.ts'
import {addAll, type EngineTests, type TestedQueue} from './tested-queue.ts'

async function enqueue(queue: TestedQueue, mode: EnqueueMode, items: Array<string | Buffer>, batch = 7) {
  const producer = await queue.openProducer({mode, batch})
  await addAll(producer, items).finally(() => producer.close())
  return producer
}

export function describeProducer({context, itIfCan, queueOf}: EngineTests): void {
  describe.each(['single', 'pipeline', 'batch'] as const)('enqueueing by %s', (mode) => {
    it('keeps the order in which items came, also within a millisecond', async () => {
      const queue = await queueOf()
      const items = Array.from({length: 300}, (_, i) => `${(i * 7919) % 300} ${'é'.repeat(i % 20)}`)
      const {added, duplicates, pending} = await enqueue(queue, mode, items)
      expect({added, duplicates, pending}).toEqual({added: 300, duplicates: 0, pending: 0})
      expect(await queue.ready()).toEqual(items)
    })

    itIfCan('collapse')('counts items that are there already and leaves them in their place', async () => {
      const queue = await queueOf()
      await enqueue(queue, mode, ['a', 'b'])
      const {items, added, duplicates} = await enqueue(queue, mode, ['a', 'c', 'c'])
      expect({items, added, duplicates}).toEqual({items: 1, added: 1, duplicates: 2})
      const ready = await queue.ready()
      expect([...ready].sort()).toEqual(['a', 'b', 'c'])
      expect(ready.filter((item) => item !== 'c')).toEqual(['a', 'b'])
    })

    it('fails with what Redis says', async () => {
      const queue = await queueOf()
      await context.redis.set(queue.keys.ready, 'a text')
      await expect(enqueue(queue, mode, ['a'])).rejects.toThrow('WRONGTYPE')
    })
  })

  describe('a producer', () => {
    it('sends items of any size and any bytes', async () => {
      const queue = await queueOf()
      const items = [Buffer.from([0, 255, 13, 10]), Buffer.alloc(3_000_000, 'x'), Buffer.from('$5\r\nabc')]
      const producer = await queue.openProducer({batch: 1000})
      await addAll(producer, items)
      await producer.close()
      const stored = await queue.readyBytes()
      expect(stored.map((item, i) => item.equals(items[i]))).toEqual([true, true, true])
    })

    it('knows how many items are ready', async () => {
      const queue = await queueOf('a', 'b')
      const producer = await queue.openProducer()
      expect(await producer.depth()).toBe(2)
      expect(await queue.engine.depth()).toBe(2)
      await producer.close()
    })

    itIfCan('priority')('puts items of a smaller priority in front', async () => {
      const queue = await queueOf()
      for (const priority of [5, 1, 9]) {
        const producer = await queue.openProducer({priority})
        await addAll(producer, [`first of ${priority}`, `second of ${priority}`])
        await producer.close()
      }
      expect(await queue.ready()).toEqual([
        'first of 1',
        'second of 1',
        'first of 5',
        'second of 5',
        'first of 9',
        'second of 9',
      ])
    })
  })
}

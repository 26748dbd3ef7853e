import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import {addAll, type EngineTests} from './tested-queue.ts'

export function describeCounters({context, queueOf}: EngineTests): void {
  describe('the counters of a queue', () => {
    it('account for every record that was enqueued', async () => {
      const queue = await queueOf()
      const producer = await queue.openProducer({batch: 3})
      await addAll(
        producer,
        Array.from({length: 10}, (_, i) => `{"n":${i}}`),
      )
      await producer.close()
      const first = held(await queue.take(6))
      held(await queue.take(1))
      const deadLetters = [{failedAt: 1, text: 'x'}]
      await queue.engine.settle(first, {...nothing, inserted: 2, alreadyThere: 2, suppressed: 1, deadLetters})
      const {fence, ...counters} = await queue.counters()
      expect(counters).toEqual({
        enqueued: '10',
        inserted: '2',
        already_there: '2',
        suppressed: '1',
        dead_lettered: '1',
      })
      expect(fence).toBe('2')
      expect(await queue.engine.countItems()).toEqual({ready: 3, leased: 1, deadLetters: 1})
    })

    it('are noted before they grow, with the ready items if these are known', async () => {
      const queue = await queueOf()
      const producer = await queue.openProducer({batch: 100})
      await addAll(producer, ['a', 'b', 'c'])
      await producer.close()
      const [first] = await queue.notes()
      expect(first).toEqual(['0', '0', '0', queue.engine.kind === 'stream' ? '-' : '3'])
    })

    it('count the records of an envelope', async () => {
      const queue = await queueOf()
      const producer = await queue.openProducer()
      producer.recordsPerItem = 5
      await addAll(producer, ['{"points":[1,2,3,4,5]}', '{"points":[6,7,8,9,0]}'])
      await producer.close()
      expect(producer).toMatchObject({items: 2, added: 10})
      expect(await queue.counters()).toEqual({enqueued: '10'})
    })
  })

  it('a queue that is destroyed leaves no key', async () => {
    const queue = await queueOf('a', 'b', 'c')
    await queue.take(1)
    const lease = held(await queue.take(1))
    await queue.engine.settle(lease, {...nothing, deadLetters: [{failedAt: 1, text: 'b'}]})
    await queue.engine.pause()
    await queue.engine.destroy()
    expect(await context.redis.keys(`*${queue.name}*`)).toEqual([])
  })
}

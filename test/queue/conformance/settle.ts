import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import {type EngineTests, failAfter} from './tested-queue.ts'

export function describeSettling({context, itIfCan, queueOf}: EngineTests): void {
  describe('settling a lease', () => {
    it('drops it, adds its dead letters and counts', async () => {
      const queue = await queueOf('a', 'b')
      const {keys} = queue
      const lease = held(await queue.take(2))
      const deadLetters = [{failedAt: 5, text: 'b!'}]
      expect(await queue.engine.settle(lease, {...nothing, inserted: 1, deadLetters})).toBe('held')
      expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual(['b!', '5'])
      expect(await context.redis.exists(keys.lease(lease.id), keys.leases, keys.attempts)).toBe(0)
      expect(await queue.counters()).toEqual({
        fence: '1',
        inserted: '1',
        already_there: '0',
        dead_lettered: '1',
      })
    })

    it('says that all is well when it is repeated after its answer was lost', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      expect(await queue.engine.settle(lease, {...nothing, inserted: 1})).toBe('held')
      expect(await queue.engine.settle(lease, {...nothing, inserted: 1})).toBe('held')
      expect(await queue.counters()).toMatchObject({inserted: '1'})
    })

    it('refuses a worker whose lease went to another, and changes nothing', async () => {
      const queue = await queueOf('a')
      const slow = held(await queue.take(1))
      await queue.expire(slow.id)
      await queue.take(1)
      const late = {...nothing, deadLetters: [{failedAt: 1, text: 'late'}]}
      expect(await queue.engine.settle(slow, late)).toBe('lost')
      expect(await queue.letters()).toEqual([])
      expect(await queue.leased(slow.id)).toEqual(['a'])
    })

    it('adds thousands of dead letters in several calls', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      const deadLetters = Array.from({length: 4321}, (_, i) => ({failedAt: i, text: `letter ${i}`}))
      expect(await queue.engine.settle(lease, {...nothing, deadLetters})).toBe('held')
      expect(await queue.letters()).toHaveLength(4321)
    })

    it('never adds a dead letter again that an earlier holder had added: it may be replayed by now', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      const deadLetters = Array.from({length: 2500}, (_, i) => ({failedAt: i, text: `letter ${i}`}))
      // Redis knows the script from here on: the calls below are one each
      await queue.engine.settle({...lease, fence: 0}, nothing)
      const goOn = failAfter(context.redis, 1)
      await expect(queue.engine.settle(lease, {...nothing, deadLetters})).rejects.toThrow('cut')
      goOn()
      expect(await queue.letters()).toHaveLength(1000)
      await context.redis.del(queue.keys.dead)
      await queue.expire(lease.id)
      const again = held(await queue.take(1))
      expect(await queue.engine.giveBack(again, {why: 'failed', delayMs: 0})).toBe('held')
      const third = held(await queue.take(1))
      expect(third).toMatchObject({id: lease.id, attempt: 3, retries: 1})
      expect(await queue.engine.settle(third, {...nothing, deadLetters})).toBe('held')
      const letters = await queue.letters()
      expect(letters[0]).toBe('letter 1000')
      expect(letters).toHaveLength(1500)
      expect(await queue.counters()).toMatchObject({dead_lettered: '2500'})
    })
  })

  describe('records that wait for their parents', () => {
    const outcome = {...nothing, postponed: [{score: 7, text: 'b'}]}

    it('are kept for later, once, however often the lease is settled', async () => {
      const queue = await queueOf('a', 'b')
      const lease = held(await queue.take(9))
      // Redis knows the scripts from here on
      await queue.engine.settle({...lease, fence: 0}, outcome)
      // The last of its calls is cut off
      const goOn = failAfter(context.redis, 1)
      await expect(queue.engine.settle(lease, outcome)).rejects.toThrow('cut')
      goOn()
      expect(await queue.engine.settle(lease, outcome)).toBe('held')
      expect(await queue.engine.settle(lease, outcome)).toBe('lost')
      const child = held(await queue.take(9))
      expect(child).toMatchObject({id: `${lease.id}.f1`, attempt: 1, retries: 0, postponements: 1})
      expect(child.items.count).toBe(1)
      expect(child.items.item(0).toString()).toBe('b')
    })

    itIfCan('priority')('keep their place', async () => {
      const queue = await queueOf('a', 'b')
      await queue.engine.settle(held(await queue.take(9)), outcome)
      const places = await queue.engine.places(held(await queue.take(9)))
      expect(places.at(0)).toBe(7)
    })

    it('become visible after the delay', async () => {
      const queue = await queueOf('a', 'b')
      const lease = held(await queue.take(9))
      expect(await queue.engine.settle(lease, {...outcome, postponeMs: 50_000})).toBe('held')
      expect(await queue.take(9)).toMatchObject({state: 'empty', held: 1})
      await queue.expire(`${lease.id}.f1`)
      expect(held(await queue.take(9)).postponements).toBe(1)
    })
  })
}

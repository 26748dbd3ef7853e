import {Redis} from 'ioredis'
import {describe, expect, it} from 'vitest'
import type {Lease} from '../../../src/queue/lease.ts'
import {held, nothing} from '../../support/leases.ts'
import {startTestRedis} from '../../support/server.ts'
import type {EngineTests} from './tested-queue.ts'

const texts = (lease: Lease) => Array.from({length: lease.items.count}, (_, i) => String(lease.items.item(i)))

export function describeTake({context, queueOf, queueAt}: EngineTests): void {
  describe('taking a lease', () => {
    it('moves the items that leave next into it', async () => {
      const queue = await queueOf('a', 'b', 'c')
      const lease = held(await queue.take(2))
      expect(texts(lease)).toEqual(['a', 'b'])
      expect(lease.attempt).toBe(1)
      expect(await queue.ready()).toEqual(['c'])
      expect(await queue.leased(lease.id)).toEqual(['a', 'b'])
    })

    it('returns the same lease when it is called again in the same turn', async () => {
      const queue = await queueOf('a', 'b')
      const first = held(await queue.take(1, 60_000, 'same'))
      const again = held(await queue.take(1, 60_000, 'same'))
      expect(again.id).toBe(first.id)
      expect(texts(again)).toEqual(texts(first))
      expect(again.attempt).toBe(1)
      expect(await queue.engine.depth()).toBe(1)
    })

    it('gives nothing to a call of an earlier turn that arrives late: its lease may be written by now', async () => {
      const queue = await queueOf('a', 'b', 'c')
      const first = held(await queue.take(1, 60_000, 'loop', 1))
      await queue.engine.settle(first, nothing)
      expect(held(await queue.take(1, 60_000, 'loop', 2)).id).not.toBe(first.id)
      expect(await queue.take(1, 60_000, 'loop', 1)).toMatchObject({state: 'empty'})
      expect(await queue.ready()).toEqual(['c'])
    })

    it('gives nothing when it is called again after its lease was settled', async () => {
      const queue = await queueOf('a', 'b')
      const first = held(await queue.take(1, 60_000, 'loop', 1))
      await queue.engine.settle(first, nothing)
      expect(await queue.take(1, 60_000, 'loop', 1)).toMatchObject({state: 'empty'})
      expect(await queue.ready()).toEqual(['b'])
    })

    it('does not tell a call that is repeated the fence of whoever has the lease by now', async () => {
      const queue = await queueOf('a')
      const first = held(await queue.take(1, 60_000, 'loop', 1))
      await queue.expire(first.id)
      const second = held(await queue.take(1, 60_000, 'other', 1))
      expect(await queue.take(1, 60_000, 'loop', 1)).toMatchObject({state: 'empty'})
      expect(await queue.engine.extend(second, 1000)).toBe('held')
    })

    it('returns a lease that was taken over when the call is repeated', async () => {
      const queue = await queueOf('a', 'b')
      const first = held(await queue.take(1))
      await queue.expire(first.id)
      const second = held(await queue.take(1, 60_000, 'loop', 1))
      const again = held(await queue.take(1, 60_000, 'loop', 1))
      expect(again).toMatchObject({id: first.id, fence: second.fence, attempt: 2})
    })

    it('reads items of any size, and no lease that holds too much', async () => {
      const large = 'x'.repeat(100_000)
      const queue = await queueOf('a', ...Array.from({length: 400}, (_, i) => `${i} ${large}`))
      const some = held(await queue.take(100))
      expect(texts(some).every((text) => text === 'a' || text.endsWith(large))).toBe(true)
      expect(some.items.count).toBe(100)
      await queue.push(...Array.from({length: 400}, (_, i) => `more ${i} ${large}`))
      const huge = await queue.take(700)
      // Some engines stop before a lease is too large
      if (huge.state === 'lease') expect(huge.lease.items.count).toBeLessThan(200)
      else expect(huge).toMatchObject({state: 'oversized', lease: {itemCount: 700, attempt: 1}})
    })

    it('takes a lease over whole, under its own id, once its time has passed', async () => {
      const queue = await queueOf('a', 'b', 'c')
      const first = held(await queue.take(2))
      await queue.expire(first.id)
      const second = held(await queue.take(1))
      expect(second).toMatchObject({id: first.id, attempt: 2})
      expect(texts(second)).toEqual(['a', 'b'])
    })

    it('says how many leases others hold when nothing is ready', async () => {
      const queue = await queueOf('a')
      expect(await queue.take(1)).toMatchObject({state: 'lease'})
      expect(await queue.take(1)).toMatchObject({
        state: 'empty',
        held: 1,
        nextVisibleInMs: expect.any(Number),
      })
    })

    it('never gives an item to two workers', async () => {
      const items = Array.from({length: 500}, (_, i) => `item ${i}`)
      const queue = await queueOf(...items)
      const leases = await Promise.all(Array.from({length: 60}, () => queue.take(10)))
      const taken = leases.flatMap((take) => (take.state === 'lease' ? texts(take.lease) : []))
      expect(taken.sort()).toEqual([...items].sort())
    })

    it('changes nothing if a key of the queue is of another type', async () => {
      const queue = await queueOf('a')
      await context.redis.set(queue.keys.attempts, 'not a hash')
      await expect(queue.take(1)).rejects.toThrow('WRONGTYPE')
      expect(await queue.ready()).toEqual(['a'])
    })

    it('goes on in a Redis that is full', async () => {
      const server = await startTestRedis('appendonly no')
      const redis = new Redis(server.url)
      const queue = queueAt(redis, 'full')
      try {
        await queue.push('a')
        await redis.config('SET', 'maxmemory', '1')
        await expect(redis.set('x', 'y')).rejects.toThrow('OOM')
        const lease = held(await queue.take(1, 1000))
        expect(texts(lease)).toEqual(['a'])
        const letters = {...nothing, deadLetters: [{failedAt: 1, text: 'b'}]}
        expect(await queue.engine.settle(lease, letters)).toBe('held')
      } finally {
        redis.disconnect()
        await server.stop()
      }
    })
  })
}

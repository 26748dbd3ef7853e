import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import type {EngineTests} from './tested-queue.ts'

export function describeDeadlines({queueOf}: EngineTests): void {
  describe('extending a lease and giving it back', () => {
    it('moves the deadline of a lease that is held', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1, 1000))
      const before = await queue.deadline(lease.id)
      expect(await queue.engine.extend(lease, 60_000)).toBe('held')
      expect(await queue.deadline(lease.id)).toBeGreaterThan(before + 50_000)
      expect(await queue.engine.extend({...lease, fence: lease.fence + 1}, 60_000)).toBe('lost')
    })

    it('gives a lease back at once, without counting the attempt', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      expect(await queue.engine.giveBack(lease, {why: 'untried', delayMs: 0})).toBe('held')
      const again = held(await queue.take(1))
      expect(again).toMatchObject({id: lease.id, attempt: 1, retries: 0})
      expect(again.fence).toBeGreaterThan(lease.fence)
      expect(await queue.engine.settle(lease, nothing)).toBe('lost')
    })

    it('keeps the delay and the number of retries in Redis', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      expect(await queue.engine.giveBack(lease, {why: 'failed', delayMs: 50_000})).toBe('held')
      expect(await queue.take(1)).toMatchObject({held: 1, nextVisibleInMs: expect.any(Number)})
      await queue.expire(lease.id)
      expect(held(await queue.take(1))).toMatchObject({id: lease.id, attempt: 2, retries: 1})
    })

    it('fences off the holder that gave it back', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      await queue.engine.giveBack(lease, {why: 'failed', delayMs: 0})
      expect(await queue.engine.settle(lease, nothing)).toBe('lost')
      expect(await queue.engine.extend(lease, 1000)).toBe('lost')
      expect(await queue.engine.giveBack(lease, {why: 'failed', delayMs: 0})).toBe('lost')
    })
  })
}

import {describe, expect, it} from 'vitest'
import {held} from '../../support/leases.ts'
import type {EngineTests} from './tested-queue.ts'

export function describeSplitting({context, queueOf}: EngineTests): void {
  describe('splitting a lease', () => {
    it('makes two leases with half of the items each, and none of the old one', async () => {
      const queue = await queueOf('a', 'b', 'c', 'd', 'e')
      const lease = held(await queue.take(9))
      expect(await queue.engine.split(lease, 2)).toBe('held')
      expect(await queue.engine.split(lease, 2)).toBe('lost')
      expect(await context.redis.exists(queue.keys.lease(lease.id))).toBe(0)
      const halves = [held(await queue.take(9)), held(await queue.take(9))]
      expect(halves.map((half) => half.id).sort()).toEqual([`${lease.id}.1`, `${lease.id}.2`])
      expect(halves.map((half) => half.items.count).sort()).toEqual([2, 3])
      expect(halves[0].attempt).toBe(3)
      const items = await Promise.all(halves.map((half) => queue.leased(half.id)))
      expect(items.flat().sort()).toEqual(['a', 'b', 'c', 'd', 'e'])
    })
  })

  describe('repairing leases', () => {
    it('brings a lease back whose deadline is gone (X21)', async () => {
      const queue = await queueOf('a', 'b')
      const lease = held(await queue.take(9))
      await queue.loseDeadlines()
      expect(await queue.engine.heldLeases()).toEqual([lease.id])
      expect(await queue.engine.repair()).toBe(1)
      expect(await queue.engine.repair()).toBe(0)
      const again = held(await queue.take(9))
      expect(again.id).toBe(lease.id)
      expect(again.items.count).toBe(2)
    })

    it('forgets the state of a lease that is gone altogether', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(9))
      await queue.loseDeadlines()
      await queue.lose(lease.id)
      expect(await queue.engine.repair()).toBe(0)
      expect(await queue.engine.heldLeases()).toEqual([])
      expect(await context.redis.exists(queue.keys.attempts)).toBe(0)
    })
  })
}

import {describe, expect, it} from 'vitest'
import {held, nothing} from '../../support/leases.ts'
import type {EngineTests} from './tested-queue.ts'

export function describePausing({queueOf}: EngineTests): void {
  describe('a paused queue', () => {
    it('hands out neither new items nor overdue leases', async () => {
      const queue = await queueOf('a', 'b')
      const lease = held(await queue.take(1))
      await queue.expire(lease.id)
      await queue.engine.pause()
      expect(await queue.take(1)).toMatchObject({state: 'paused', held: 1, ready: 1})
      expect(await queue.engine.resume()).toBe(true)
      expect(held(await queue.take(1)).id).toBe(lease.id)
    })

    it('lets the holder of a lease finish it', async () => {
      const queue = await queueOf('a')
      const lease = held(await queue.take(1))
      await queue.engine.pause()
      expect(await queue.engine.extend(lease, 60_000)).toBe('held')
      expect(await queue.engine.settle(lease, nothing)).toBe('held')
    })

    it('says until when it is paused', async () => {
      const queue = await queueOf()
      expect(await queue.engine.pauseState()).toEqual({paused: false, endsInMs: null})
      await queue.engine.pause({forMs: 60_000})
      const {paused, endsInMs} = await queue.engine.pauseState()
      expect(paused).toBe(true)
      expect(endsInMs).toBeGreaterThan(50_000)
      expect(endsInMs).toBeLessThanOrEqual(60_000)
      await queue.engine.pause()
      expect(await queue.engine.pauseState()).toEqual({paused: true, endsInMs: null})
      expect(await queue.engine.resume()).toBe(true)
      expect(await queue.engine.resume()).toBe(false)
      expect(await queue.engine.pauseState()).toEqual({paused: false, endsInMs: null})
    })
  })
}

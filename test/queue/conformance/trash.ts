import {describe, expect, it} from 'vitest'
import {TRASH_MS, type Trash} from '../../../src/queue/trash-list.ts'
import type {EngineTests, TestedQueue} from './tested-queue.ts'

const {signal} = new AbortController()

async function cleared(queue: TestedQueue): Promise<Trash> {
  const trash = await queue.engine.clear()
  if (!trash) throw new Error('nothing was removed')
  return trash
}

export function describeTrash({context, itIfCan, queueOf}: EngineTests): void {
  const queueOfCount = (count: number) => queueOf(...Array.from({length: count}, (_, i) => `{"a":${i}}`))

  /** Keys of the trash that are left. */
  const left = ({keys}: TestedQueue, trash: Trash) => context.redis.exists(keys.trash, keys.trashed(trash.id))

  describe('removing all ready items', () => {
    it('takes everything, and says how long it can be undone', async () => {
      const queue = await queueOfCount(3)
      const trash = await cleared(queue)
      expect(trash).toMatchObject({kind: 'ready', count: 3})
      expect(Date.parse(trash.until) - Date.parse(trash.at)).toBe(TRASH_MS)
      expect(await queue.ready()).toEqual([])
      expect(await queue.engine.clear()).toBeUndefined()
    })

    it('leaves what workers hold', async () => {
      const queue = await queueOfCount(3)
      await queue.take(2)
      expect(await cleared(queue)).toMatchObject({count: 1})
      expect(await queue.engine.heldLeases()).toHaveLength(1)
    })
  })

  describe('bringing removed items back', () => {
    it('restores all of them in their order', async () => {
      const queue = await queueOfCount(300)
      const before = await queue.ready()
      const trash = await cleared(queue)
      expect(await queue.engine.restore(trash, signal)).toBe(300)
      expect(await queue.ready()).toEqual(before)
      expect(await left(queue, trash)).toBe(0)
    })

    it.each([
      ['a few', 1],
      ['many', 700],
    ])('joins %s that came since', async (_, more) => {
      const queue = await queueOfCount(1201)
      const trash = await cleared(queue)
      const since = Array.from({length: more}, (_, i) => `{"new":${i}}`)
      await queue.push(...since)
      const all = [...since, ...Array.from({length: 1201}, (_, i) => `{"a":${i}}`)]
      expect(await queue.engine.restore(trash, signal)).toBe(1201)
      expect((await queue.ready()).sort()).toEqual(all.sort())
      expect(await left(queue, trash)).toBe(0)
    })

    itIfCan('collapse')('counts one that came since only once', async () => {
      const queue = await queueOfCount(5)
      const trash = await cleared(queue)
      await queue.push('{"a":3}')
      expect(await queue.engine.restore(trash, signal)).toBe(4)
      expect(await queue.engine.depth()).toBe(5)
    })

    it('moves nothing into a key of another type', async () => {
      const queue = await queueOfCount(3)
      const {ready} = queue.keys
      const trash = await cleared(queue)
      // A stream keeps there what was purged
      const aside = queue.keys.lease('aside')
      await context.redis.rename(ready, aside).catch(() => {})
      await context.redis.set(ready, 'a text')
      await expect(queue.engine.restore(trash, signal)).rejects.toThrow('WRONGTYPE')
      expect(await context.redis.get(ready)).toBe('a text')
      await context.redis.del(ready)
      await context.redis.rename(aside, ready).catch(() => {})
      expect(await queue.engine.restore(trash, signal)).toBe(3)
    })

    it('goes on after it was stopped', async () => {
      const queue = await queueOfCount(10)
      const trash = await cleared(queue)
      expect(await queue.engine.restore(trash, AbortSignal.abort())).toBe(0)
      expect(await queue.engine.trash()).toMatchObject([{id: trash.id, count: 10}])
      expect(await queue.engine.restore(trash, signal)).toBe(10)
    })
  })

  it('frees trash that is past its time, and nothing else', async () => {
    const queue = await queueOfCount(2)
    const {keys} = queue
    const young = await cleared(queue)
    await queue.push('{"b":1}')
    const old = await cleared(queue)
    await context.redis.hset(keys.trash, old.id, `ready 1 ${Date.now() - TRASH_MS - 60_000}`)
    await queue.engine.freeOldTrash()
    expect((await queue.engine.trash()).map(({id}) => id)).toEqual([young.id])
    expect(await context.redis.exists(keys.trashed(young.id), keys.trashed(old.id))).toBe(1)
  })
}

import {describe, expect, it} from 'vitest'
import type {Trash} from '../../../src/queue/trash-list.ts'
import {nothing} from '../../support/leases.ts'
import {randomInt} from '../../support/seeded.ts'
import {type TestedQueue, useEngine} from '../conformance/tested-queue.ts'
import {groupsOf, STREAM_UNDER_TEST} from './under-test.ts'

const {context, queueOf} = useEngine(STREAM_UNDER_TEST)
const {signal} = new AbortController()

/** What has come of the items of a queue, as far as its users can know. */
class Seen {
  made = 0
  settled: string[] = []
  /** Entries that somebody else removed. */
  removed = new Set<string>()
  trash: Trash[] = []
}

type Step = (queue: TestedQueue, seen: Seen, pick: (n: number) => number) => Promise<void>

async function entries({keys}: TestedQueue): Promise<Array<[id: string, fields: string[]]>> {
  return (await context.redis.xrange(keys.ready, '-', '+')) as Array<[string, string[]]>
}

const STEPS: Record<string, Step> = {
  async push(queue, seen, pick) {
    for (let i = 0; i <= pick(40); i++) await queue.push(String(seen.made++))
  },
  async work(queue, seen, pick) {
    const take = await queue.take(1 + pick(25))
    if (take.state !== 'lease') return
    const {items} = take.lease
    const texts = Array.from({length: items.count}, (_, i) => items.item(i).toString())
    if (pick(3) === 0) return
    await queue.engine.settle(take.lease, nothing)
    seen.settled.push(...texts)
  },
  async loseAll(queue) {
    for (const id of await queue.engine.heldLeases()) await queue.expire(id)
  },
  async trim(queue, seen, pick) {
    const all = await entries(queue)
    const kept = pick(all.length + 1)
    for (const [, [, item]] of all.slice(0, all.length - kept)) seen.removed.add(item)
    await context.redis.xtrim(queue.keys.ready, 'MAXLEN', kept)
  },
  async delete(queue, seen, pick) {
    const all = await entries(queue)
    for (let n = 0; n < 3 && all.length > 0; n++) {
      const [id, [, item]] = all[pick(all.length)]
      seen.removed.add(item)
      await context.redis.xdel(queue.keys.ready, id)
    }
  },
  async clear(queue, seen) {
    const ready = await queue.ready()
    const trash = await queue.engine.clear()
    expect(trash?.count ?? 0).toBe(ready.length)
    if (trash) seen.trash.push(trash)
  },
  async restore(queue, seen) {
    const trash = seen.trash.pop()
    if (trash) await queue.engine.restore(trash, signal)
  },
}

describe('a stream that others trim and delete from', () => {
  it.each(Array.from({length: 14}, (_, i) => [i + 1, i % 2 === 1] as const))(
    'is counted right, and hands out nothing twice (seed %d, other group %s)',
    async (seed, isShared) => {
      const queue = await queueOf()
      const seen = new Seen()
      const pick = randomInt(seed)
      if (isShared) await context.redis.xgroup('CREATE', queue.keys.ready, 'other', '0', 'MKSTREAM')
      const names = Object.keys(STEPS)
      for (let step = 0; step < 80; step++) {
        const name = pick(3) === 0 ? 'push' : names[pick(names.length)]
        await STEPS[name](queue, seen, pick)
        const ready = (await queue.ready()).length
        expect(await queue.engine.depth(), `step ${step}, ${name}`).toBe(ready)
        expect((await queue.engine.inspect()).ready, `step ${step}, ${name}`).toBe(ready)
      }
      for (const trash of seen.trash.reverse()) await queue.engine.restore(trash, signal)
      await STEPS.loseAll(queue, seen, pick)
      for (let turns = 0; ; turns++) {
        expect(turns).toBeLessThan(1000)
        const take = await queue.take(25)
        if (take.state !== 'lease') break
        const {items} = take.lease
        await queue.engine.settle(take.lease, nothing)
        seen.settled.push(...Array.from({length: items.count}, (_, i) => items.item(i).toString()))
      }
      expect(new Set(seen.settled).size).toBe(seen.settled.length)
      const missing = Array.from({length: seen.made}, (_, i) => String(i)).filter(
        (item) => !seen.settled.includes(item) && !seen.removed.has(item),
      )
      expect(missing).toEqual([])
      expect(await queue.engine.depth()).toBe(0)
      const own = (await groupsOf(context.redis, queue.keys.ready)).find(({name}) => name === 'qtool')
      expect(own).toMatchObject({consumers: 0, pending: 0})
    },
  )
})

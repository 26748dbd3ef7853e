import {describe, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {TestedQueue} from '../conformance/tested-queue.ts'
import {listUnderTest} from './under-test.ts'

const context = useServers()
const signal = new AbortController().signal
const onProgress = () => {}

describe.each(['left', 'right'] as const)('a list that is popped from the %s', (pops) => {
  const queueOf = async (...items: string[]) => {
    const queue = new TestedQueue(listUnderTest(pops), context.redis, context.newQueue().queue)
    for (let i = 0; i < items.length; i += 1000) await queue.push(...items.slice(i, i + 1000))
    return queue
  }
  const some = (count: number) => Array.from({length: count}, (_, i) => `{"n":${i},"odd":${i % 2}}`)
  const filterOf = (queue: TestedQueue, where: string) => queue.engine.itemFilter(where, {records: []})

  it('shows every item once that nobody took, and those that come in', async () => {
    const queue = await queueOf(...some(3000))
    const seen: string[] = []
    const taken: string[] = []
    let pages = 0
    const search = queue.engine.countMatching({
      signal,
      onProgress,
      onItems: (items) => seen.push(...items.map(({member}) => String(member))),
    })
    const meddle = (async () => {
      while (pages++ < 8) {
        taken.push(...(await queue.pop(97)))
        await queue.push(`{"late":${pages}}`)
      }
    })()
    const [count] = await Promise.all([search, meddle])
    expect(count).toBe(seen.length)
    expect(new Set(seen).size).toBe(seen.length)
    const known = new Set([...seen, ...taken])
    expect((await queue.ready()).filter((item) => !item.includes('late') && !known.has(item))).toEqual([])
  })

  it('finds its place by the farthest of equal items', async () => {
    const queue = await queueOf(...some(400), ...Array.from({length: 400}, () => '{"same":1}'), ...some(300))
    expect(await queue.engine.countMatching({signal, onProgress})).toBe(1100)
    const found = await queue.engine.search({
      filter: await filterOf(queue, 'same:1'),
      limit: 1000,
      signal,
      onProgress,
    })
    expect(found.items).toHaveLength(400)
    expect(found.items[0]).toMatchObject({score: null, priority: null, enqueuedAt: null})
  })

  it('loses exactly the items that a purge selects, while workers take and producers add', async () => {
    const queue = await queueOf(...some(4000))
    const taken: string[] = []
    let isOver = false
    const meddle = (async () => {
      for (let i = 0; !isOver; i++) {
        taken.push(...(await queue.pop(13)))
        await queue.push(`{"late":${i}}`)
      }
    })()
    const trash = await queue.engine.clearMatching({
      filter: await filterOf(queue, 'odd:1'),
      signal,
      onProgress,
    })
    isOver = true
    await meddle
    const left = await queue.ready()
    expect(left.filter((item) => item.includes('"odd":1'))).toEqual([])
    const even = some(4000).filter((item) => item.includes('"odd":0'))
    expect([...taken, ...left].filter((item) => item.includes('"odd":0'))).toEqual(even)
    const odd = some(4000).filter((item) => item.includes('"odd":1') && !taken.includes(item))
    expect(trash?.count).toBe(odd.length)
    if (trash) expect(await queue.engine.restore(trash, signal)).toBe(odd.length)
    expect((await queue.ready()).filter((item) => item.includes('"odd":1'))).toEqual(odd)
  })

  it('loses as many identical items as were asked for, and gets them back', async () => {
    const queue = await queueOf('a', 'b', ...Array.from({length: 600}, () => '{"same":1}'), 'c')
    const filter = await filterOf(queue, 'same:1')
    const trash = await queue.engine.clearMatching({filter, signal, onProgress, limit: 550})
    expect(trash?.count).toBe(550)
    expect(await queue.ready()).toEqual(['a', 'b', ...Array.from({length: 50}, () => '{"same":1}'), 'c'])
    if (trash) expect(await queue.engine.restore(trash, signal)).toBe(550)
    expect(await queue.engine.depth()).toBe(603)
  })

  it('takes nothing more when a reply is lost and the call is repeated', async () => {
    const queue = await queueOf(...Array.from({length: 30}, () => '{"same":1}'))
    const {startProxy} = await import('../../support/proxy.ts')
    const proxy = await startProxy(context.reach.port())
    const redis = context.reach.through(proxy.port, {})
    await redis.ping()
    const other = new TestedQueue(listUnderTest(pops), redis, queue.name)
    const filter = await filterOf(queue, 'same:1')
    const cut = proxy.onRequest('{"same":1}', 'cut-after-reply')
    const trash = await other.engine.clearMatching({filter, signal, onProgress, limit: 10})
    await cut
    redis.disconnect()
    await proxy.close()
    expect(trash?.count).toBe(10)
    expect(await queue.engine.depth()).toBe(20)
  })

  it('cannot be searched by what its items do not have', async () => {
    const queue = await queueOf('a')
    await expect(filterOf(queue, 'priority:1')).rejects.toThrow('have no priorities')
    await expect(filterOf(queue, 'age>2h')).rejects.toThrow('have no times')
    await expect(queue.openProducer({priority: 5})).rejects.toThrow('no --priority for a list')
  })
})

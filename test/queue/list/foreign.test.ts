import {expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {held, nothing} from '../../support/leases.ts'
import {addAll, TestedQueue} from '../conformance/tested-queue.ts'
import {listUnderTest} from './under-test.ts'

const context = useServers()
const queueOf = (pops: 'left' | 'right') =>
  new TestedQueue(listUnderTest(pops), context.redis, context.newQueue().queue)

/** Takes and settles until `isOver` and nothing is left; returns what it held. */
async function drainAs(queue: TestedQueue, taker: string, isOver: () => boolean): Promise<string[]> {
  const seen: string[] = []
  for (let turn = 1; ; turn++) {
    const last = isOver()
    const take = await queue.take(7, 60_000, taker, turn)
    if (take.state === 'lease') {
      for (let i = 0; i < take.lease.items.count; i++) seen.push(String(take.lease.items.item(i)))
      await queue.engine.settle(take.lease, nothing)
    } else if (last) return seen
  }
}

it('shares a list with producers and consumers of another program, without losing or repeating an item', async () => {
  const queue = queueOf('right')
  const {ready} = queue.keys
  const [producer, consumer] = [context.redis.duplicate(), context.redis.duplicate()]
  const items = Array.from({length: 3000}, (_, i) => `{"n":${i}}`)
  let isOver = false
  const popped: string[] = []
  const consuming = (async () => {
    while (!isOver || (await consumer.llen(ready)) > 0) {
      const [, item] = (await consumer.brpop(ready, 0.05)) ?? []
      if (item !== undefined) popped.push(item)
    }
  })()
  const producing = (async () => {
    for (let i = 0; i < items.length; i += 3) await producer.lpush(ready, ...items.slice(i, i + 3))
    isOver = true
  })()
  const taken = await Promise.all(['a', 'b', 'c'].map((taker) => drainAs(queue, taker, () => isOver)))
  await Promise.all([consuming, producing])
  producer.disconnect()
  consumer.disconnect()
  expect(popped.length).toBeGreaterThan(0)
  expect(taken.flat().length).toBeGreaterThan(0)
  expect([...popped, ...taken.flat()].sort()).toEqual(items.sort())
})

it.each(['left', 'right'] as const)(
  'keeps identical items apart where they leave from the %s',
  async (pops) => {
    const queue = queueOf(pops)
    const producer = await queue.openProducer({batch: 2})
    await addAll(producer, ['a', 'a', 'b', 'a', 'a'])
    await producer.close()
    expect(producer).toMatchObject({items: 5, added: 5, duplicates: 0})
    const lease = held(await queue.take(4))
    expect(await queue.leased(lease.id)).toEqual(['a', 'a', 'b', 'a'])
    expect(await queue.ready()).toEqual(['a'])
    expect(await queue.engine.split(lease, 1)).toBe('held')
    const halves = [held(await queue.take(9)), held(await queue.take(9))]
    expect(await Promise.all(halves.map(({id}) => queue.leased(id)))).toEqual([
      ['a', 'a'],
      ['b', 'a'],
    ])
  },
)

it('adds no item twice when records wait for their parents and the calls are repeated', async () => {
  const queue = queueOf('left')
  await queue.push('x')
  const lease = held(await queue.take(1))
  const postponed = Array.from({length: 2500}, (_, i) => ({
    score: 0,
    text: i % 2 === 0 ? '{"same":1}' : `{"n":${i}}`,
  }))
  const outcome = {...nothing, postponed, postponeMs: 0}
  let calls = 0
  const dying = new Proxy(context.redis, {
    get(client, name) {
      if (/^eval/i.test(String(name)) && ++calls > 2) throw new Error('cut')
      const value = Reflect.get(client, name)
      return typeof value === 'function' ? value.bind(client) : value
    },
  })
  await queue.engine.settle({...lease, fence: 0}, outcome)
  const other = new TestedQueue(listUnderTest('left'), dying, queue.name)
  await expect(other.engine.settle(lease, outcome)).rejects.toThrow('cut')
  expect((await queue.leased(`${lease.id}.f1`)).length).toBe(2000)
  expect(await queue.engine.settle(lease, outcome)).toBe('held')
  expect(await queue.leased(`${lease.id}.f1`)).toEqual(postponed.map(({text}) => text))
})

it('leaves a key of another type as it is', async () => {
  const queue = queueOf('left')
  await context.redis.zadd(queue.keys.ready, 1, 'a')
  await expect(queue.take(1)).rejects.toThrow('WRONGTYPE')
  const error = await queue.engine.explain(await queue.take(1).catch((one: unknown) => one))
  expect(error).toMatchObject({
    message: expect.stringContaining('is a zset, not a list'),
    suggestions: [expect.stringContaining('run the command again')],
  })
  expect(await context.redis.zcard(queue.keys.ready)).toBe(1)
})

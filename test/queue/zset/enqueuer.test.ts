import {describe, expect, it} from 'vitest'
import type {EnqueueMode} from '../../../src/queue/engine.ts'
import {Enqueuer} from '../../../src/queue/zset/enqueuer.ts'
import {ScoreClock} from '../../../src/queue/zset/score.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()

let seconds = 1_764_000_000

/** Each call is a second later: two producers within one millisecond have no order between them. */
async function enqueue(mode: EnqueueMode, items: string[], keys: QueueKeys, batch = 7) {
  const now = ++seconds * 1000
  const clock = new ScoreClock(0, () => now)
  const enqueuer = await Enqueuer.open(context.redis, {keys, mode, batch, clock})
  for (const item of items) {
    const bytes = Buffer.from(`<<${item}>>`)
    await enqueuer.add(bytes, 2, bytes.length - 2)
  }
  await enqueuer.finish().finally(() => enqueuer.close())
  return enqueuer
}

describe.each(['single', 'pipeline', 'batch'] as const)('enqueueing by %s', (mode) => {
  it('keeps the order in which items came, also within a millisecond', async () => {
    const {keys} = context.newQueue()
    const items = Array.from({length: 300}, (_, i) => `${(i * 7919) % 300} ${'é'.repeat(i % 20)}`)
    const {added, duplicates, pending} = await enqueue(mode, items, keys)
    expect({added, duplicates, pending}).toEqual({added: 300, duplicates: 0, pending: 0})
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(items)
  })

  it('counts items that are there already and leaves them in their place', async () => {
    const {keys} = context.newQueue()
    await enqueue(mode, ['a', 'b'], keys)
    const {added, duplicates} = await enqueue(mode, ['c', 'a', 'c'], keys)
    expect({added, duplicates}).toEqual({added: 1, duplicates: 2})
    expect(await context.redis.zrange(keys.ready, '0', '-1')).toEqual(['a', 'b', 'c'])
  })

  it('fails with what Redis says', async () => {
    const {keys} = context.newQueue()
    await context.redis.set(keys.ready, 'no set')
    await expect(enqueue(mode, ['a'], keys)).rejects.toThrow('WRONGTYPE')
  })
})

it('sends items of any size and any bytes', async () => {
  const {keys} = context.newQueue()
  const items = [Buffer.from([0, 255, 13, 10]), Buffer.alloc(3_000_000, 'x'), Buffer.from('$5\r\nabc')]
  const enqueuer = await Enqueuer.open(context.redis, {
    keys,
    mode: 'batch',
    batch: 1000,
    clock: new ScoreClock(9, Date.now),
  })
  for (const item of items) await enqueuer.add(item, 0, item.length)
  await enqueuer.finish()
  await enqueuer.close()
  const stored = await context.redis.zrangeBuffer(keys.ready, '0', '-1')
  expect(stored.map((item, i) => item.equals(items[i]))).toEqual([true, true, true])
})

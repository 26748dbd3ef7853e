import {expect, it} from 'vitest'
import type {EnqueueMode} from '../../../src/queue/producer.ts'
import {Enqueuer} from '../../../src/queue/sending/enqueuer.ts'
import {ScoreClock} from '../../../src/queue/zset/score.ts'
import {setWriter} from '../../../src/queue/zset/set-writer.ts'
import type {QueueKeys} from '../../../src/redis/keys.ts'
import {useServers} from '../../support/context.ts'
import {setBook} from '../../support/set-book.ts'

const context = useServers()

let seconds = 1_764_000_000

/** Each call is a second later: two producers within one millisecond have no order between them. */
async function enqueue(mode: EnqueueMode, items: string[], keys: QueueKeys) {
  const now = ++seconds * 1000
  const writer = setWriter(keys.ready, new ScoreClock(0, () => now))
  const enqueuer = await Enqueuer.open(setBook(context.redis, keys), {mode, batch: 7, writer})
  for (const item of items) await enqueuer.add(Buffer.from(item), 0, item.length)
  await enqueuer.finish().finally(() => enqueuer.close())
  return enqueuer
}

it.each(['single', 'pipeline', 'batch'] as const)(
  'leaves items their scores, enqueueing by %s',
  async (mode) => {
    const {keys} = context.newQueue()
    await enqueue(mode, ['a', 'b'], keys)
    const before = await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')
    const {added, duplicates} = await enqueue(mode, ['c', 'a', 'c'], keys)
    expect({added, duplicates}).toEqual({added: 1, duplicates: 2})
    const after = await context.redis.zrange(keys.ready, '0', '-1', 'WITHSCORES')
    expect(after).toEqual([...before, 'c', expect.any(String)])
  },
)

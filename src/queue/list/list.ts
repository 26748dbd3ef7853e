import type {Redis} from 'ioredis'
import {usageError} from '../../errors.ts'
import {Outage} from '../../redis/outage.ts'
import type {Engine, OpenedBook} from '../engine-calls.ts'
import {sampleByRank} from '../items/item-sample.ts'
import type {ReadyItem} from '../kinds.ts'
import type {Producer, ProducerOptions} from '../producer.ts'
import {Enqueuer} from '../sending/enqueuer.ts'
import {type ListEnd, listLua} from './list-lua.ts'
import {measureList} from './list-memory.ts'
import {ListSearch} from './list-search.ts'
import {listWriter} from './list-writer.ts'

/** The engines for lists, by the end from which consumers pop. */
export const LISTS: Record<ListEnd, Engine> = {left: listEngine('left'), right: listEngine('right')}

function listEngine(pops: ListEnd): Engine {
  const lua = listLua(pops)
  return {
    lua,
    calls: {
      openProducer: (book, options) => openListProducer(book, pops, options),
      depth: (redis, {ready}) => redis.llen(ready),
      put: async (redis, {ready}, item) => {
        await (pops === 'left' ? redis.rpush(ready, item) : redis.lpush(ready, item))
        return 1
      },
      readLease: (redis, key) => redis.lrangeBuffer(key, 0, -1),
      peek: (redis, {ready}, limit) => peekList(redis, ready, pops, limit),
      search: (redis, {ready}, filter) => new ListSearch(redis, ready, pops, filter),
      timesOf: () => ({priority: null, enqueuedAt: undefined}),
      scoreOf: () => null,
      sample: (redis, keys) => sampleByRank(redis, keys, lua),
      memory: (redis, {ready}) => measureList(redis, ready),
      areReady: async (_redis, _keys, items) => items.map(() => false),
    },
  }
}

/** @throws QtoolError (usage) for a priority other than 0 */
async function openListProducer(
  book: OpenedBook,
  pops: ListEnd,
  {mode, batch, priority, onOutage, signal = NEVER, tracing}: ProducerOptions,
): Promise<Producer> {
  if (priority !== 0) {
    throw usageError(
      `expected no --priority for a list, whose items leave in the order in which they came, got ${priority}`,
      'leave --priority out, or use a queue whose engine is zset',
    )
  }
  const outage = onOutage && new Outage({signal, note: onOutage})
  return Enqueuer.open(book, {mode, batch, writer: listWriter(book.keys.ready, pops), tracing, outage})
}

const NEVER = new AbortController().signal

async function peekList(redis: Redis, key: string, pops: ListEnd, limit: number): Promise<ReadyItem[]> {
  const items =
    pops === 'left'
      ? await redis.lrangeBuffer(key, 0, limit - 1)
      : (await redis.lrangeBuffer(key, -limit, -1)).reverse()
  return items.map((member) => ({member, score: Number.NaN}))
}

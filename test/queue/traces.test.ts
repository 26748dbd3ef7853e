import {describe, expect, it} from 'vitest'
import type {ChunkTracing} from '../../src/queue/producer.ts'
import {findTraces, noteTrace} from '../../src/queue/traces.ts'
import {useServers} from '../support/context.ts'
import {held} from '../support/leases.ts'

const context = useServers()
const CONTEXT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

/** A queue with some items of which a lease holds the first ones. */
async function leased(items: Buffer[], count: number) {
  const at = context.newQueue()
  for (const [i, item] of items.entries()) await context.redis.zadd(at.keys.ready, i, item)
  const take = () => at.engine.take({taker: 'one', turn: 1, count, lengthMs: 60_000})
  return {...at, take}
}

describe('the trace of an item', () => {
  it('is found once, by the lease that holds the item', async () => {
    const odd = Buffer.from([0, 10, 32, 255, 37, 0])
    const {engine, keys, take} = await leased([odd, Buffer.from('later')], 1)
    await noteTrace(context.redis, keys, CONTEXT, Buffer.from('later'))
    await noteTrace(context.redis, keys, CONTEXT, odd)
    const lease = held(await take())
    expect(await engine.tracesOf(lease)).toEqual([CONTEXT])
    expect(await engine.tracesOf(lease)).toEqual([])
    expect(await context.redis.llen(keys.sent('traces'))).toBe(1)
  })

  it('is noted once, also if the note arrives twice', async () => {
    const {keys, take} = await leased([Buffer.from('a')], 1)
    for (let i = 0; i < 2; i++) await noteTrace(context.redis, keys, CONTEXT, Buffer.from('a'))
    expect(await findTraces(context.redis, keys, held(await take()))).toEqual([CONTEXT])
  })

  it('is one of the newest 32, and expires', async () => {
    const {keys} = context.newQueue()
    for (let i = 0; i < 40; i++) await noteTrace(context.redis, keys, CONTEXT, Buffer.from(`${i}`))
    const notes = await context.redis.lrange(keys.sent('traces'), 0, -1)
    expect([notes.length, notes[0], notes[31]]).toEqual([32, `${CONTEXT} 39`, `${CONTEXT} 8`])
    const ttl = await context.redis.pttl(keys.sent('traces'))
    expect(ttl).toBeGreaterThan(3_500_000)
    expect(ttl).toBeLessThanOrEqual(3_600_000)
  })

  it('is not kept of a large item', async () => {
    const {keys} = context.newQueue()
    await noteTrace(context.redis, keys, CONTEXT, Buffer.alloc(16 * 1024 + 1))
    expect(await context.redis.exists(keys.sent('traces'))).toBe(0)
  })
})

describe.each(['batch', 'pipeline', 'single'] as const)('a traced producer in mode %s', (mode) => {
  /** Sends three items in chunks of two, of which the first is traced. */
  async function send(at: ReturnType<typeof context.newQueue>) {
    const told: unknown[] = []
    let chunks = 0
    const tracing: ChunkTracing = {
      begin: () =>
        chunks++ > 0
          ? undefined
          : {
              context: CONTEXT,
              sent: (items, added) => told.push([items, added]),
              failed: (error) => told.push(error),
            },
    }
    const producer = await at.engine.openProducer({mode, batch: 2, priority: 0, tracing})
    for (const item of ['first', 'second', 'third']) await producer.add(Buffer.from(item), 0, item.length)
    await producer.finish()
    await producer.close()
    return {told, added: producer.added}
  }

  it('notes the first item of the chunk, and tells what became of it', async () => {
    const at = context.newQueue()
    await context.redis.zadd(at.keys.ready, 1, 'first')
    const {told, added} = await send(at)
    expect(await context.redis.lrange(at.keys.sent('traces'), 0, -1)).toEqual([`${CONTEXT} first`])
    expect([told, added]).toEqual([[mode === 'single' ? [1, 0] : [2, 1]], 2])
  })

  it('sends all items also where Redis refuses the note', async () => {
    const at = context.newQueue()
    await context.redis.set(at.keys.sent('traces'), 'no list', 'PX', 60_000)
    const {told, added} = await send(at)
    expect([told, added]).toEqual([[mode === 'single' ? [1, 1] : [2, 2]], 3])
    expect(await at.engine.depth()).toBe(3)
  })
})

import {describe, expect, it} from 'vitest'
import {postponeRecords} from '../../../src/queue/lease-book/postpone.ts'
import {openQueue} from '../../../src/queue/open.ts'
import {ZSET} from '../../../src/queue/zset/zset.ts'
import {useServers} from '../../support/context.ts'
import {held, nothing, queueOf} from '../../support/leases.ts'

const context = useServers()

describe('acknowledgeLease', () => {
  it('drops the lease, adds its dead letters and counts', async () => {
    const {keys, engine, take} = await queueOf(context, 'a', 'b')
    const lease = held(await take(2))
    const deadLetters = [{failedAt: 5, text: 'b!'}]
    expect(await engine.settle(lease, {...nothing, inserted: 1, deadLetters})).toBe('held')
    expect(await context.redis.zrange(keys.dead, '0', '-1', 'WITHSCORES')).toEqual(['b!', '5'])
    expect(await context.redis.exists(keys.lease(lease.id), keys.leases, keys.attempts)).toBe(0)
    expect(await context.redis.hgetall(keys.stats)).toEqual({
      fence: '1',
      inserted: '1',
      already_there: '0',
      dead_lettered: '1',
    })
  })

  it('says that all is well when it is repeated after its answer was lost', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    expect(await engine.settle(lease, {...nothing, inserted: 1})).toBe('held')
    expect(await engine.settle(lease, {...nothing, inserted: 1})).toBe('held')
    expect(await context.redis.hget(keys.stats, 'inserted')).toBe('1')
  })

  it('refuses a worker whose lease went to another, and changes nothing', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const slow = held(await take(1))
    await context.redis.zadd(keys.leases, 1, slow.id)
    await take(1)
    const late = {...nothing, deadLetters: [{failedAt: 1, text: 'late'}]}
    expect(await engine.settle(slow, late)).toBe('lost')
    expect(await context.redis.exists(keys.dead)).toBe(0)
    expect(await context.redis.zcard(keys.lease(slow.id))).toBe(1)
  })

  it('adds thousands of dead letters in several calls', async () => {
    const {keys, engine, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    const deadLetters = Array.from({length: 4321}, (_, i) => ({failedAt: i, text: `letter ${i}`}))
    expect(await engine.settle(lease, {...nothing, deadLetters})).toBe('held')
    expect(await context.redis.zcard(keys.dead)).toBe(4321)
  })

  it('never adds a dead letter again that an earlier holder had added: it may be replayed by now', async () => {
    const {keys, engine, take, queue} = await queueOf(context, 'a')
    const lease = held(await take(1))
    const deadLetters = Array.from({length: 2500}, (_, i) => ({failedAt: i, text: `letter ${i}`}))
    // The second call fails, as if the worker had died
    let calls = 0
    const cut = new Proxy(context.redis, {
      get: (redis, name) => {
        if (/^eval/i.test(String(name)) && ++calls > 1) throw new Error('cut')
        const value = Reflect.get(redis, name)
        return typeof value === 'function' ? value.bind(redis) : value
      },
    })
    // Redis knows the script from here on: the calls below are one each
    await engine.settle({...lease, fence: 0}, nothing)
    await expect(openQueue(cut, {name: queue}).settle(lease, {...nothing, deadLetters})).rejects.toThrow(
      'cut',
    )
    expect(await context.redis.zcard(keys.dead)).toBe(1000)
    await context.redis.del(keys.dead)
    await context.redis.zadd(keys.leases, 1, lease.id)
    const again = held(await take(1))
    expect(await engine.giveBack(again, {why: 'failed', delayMs: 0})).toBe('held')
    const third = held(await take(1))
    expect(third).toMatchObject({id: lease.id, attempt: 3, retries: 1})
    expect(await engine.settle(third, {...nothing, deadLetters})).toBe('held')
    expect(await context.redis.zrange(keys.dead, '0', '0')).toEqual(['letter 1000'])
    expect(await context.redis.zcard(keys.dead)).toBe(1500)
    expect(await context.redis.hget(keys.stats, 'dead_lettered')).toBe('2500')
  })
})

describe('records that wait for their parents', () => {
  it('are kept for later, once, however often the lease is settled', async () => {
    const {keys, engine, take} = await queueOf(context, 'a', 'b')
    const lease = held(await take(9))
    const outcome = {...nothing, postponed: [{score: 7, text: 'b'}]}
    // The last of its calls is cut off
    const book = {redis: context.redis, keys, engine: ZSET.lua}
    expect(await postponeRecords(book, lease, outcome.postponed, 0)).toBe('held')
    expect(await engine.settle(lease, outcome)).toBe('held')
    expect(await engine.settle(lease, outcome)).toBe('lost')
    const child = held(await take(9))
    expect(child).toMatchObject({id: `${lease.id}.f1`, attempt: 1, retries: 0, postponements: 1})
    expect(child.items.item(0).toString()).toBe('b')
    expect(child.places.at(0)).toBe(7)
  })
})

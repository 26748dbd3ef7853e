import {describe, expect, it} from 'vitest'
import {retryLease} from '../../../src/queue/lease-book/lease-deadline.ts'
import {acknowledgeLease, postponeRecords} from '../../../src/queue/lease-book/settle-lease.ts'
import {useServers} from '../../support/context.ts'
import {held, nothing, queueOf} from '../../support/leases.ts'

const context = useServers()

describe('acknowledgeLease', () => {
  it('drops the lease, adds its dead letters and counts', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b')
    const lease = held(await take(2))
    const deadLetters = [{failedAt: 5, text: 'b!'}]
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, inserted: 1, deadLetters})).toBe(
      true,
    )
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
    const {keys, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, inserted: 1})).toBe(true)
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, inserted: 1})).toBe(true)
    expect(await context.redis.hget(keys.stats, 'inserted')).toBe('1')
  })

  it('refuses a worker whose lease went to another, and changes nothing', async () => {
    const {keys, take} = await queueOf(context, 'a')
    const slow = held(await take(1))
    await context.redis.zadd(keys.leases, 1, slow.id)
    await take(1)
    const late = {...nothing, deadLetters: [{failedAt: 1, text: 'late'}]}
    expect(await acknowledgeLease(context.redis, keys, slow, late)).toBe(false)
    expect(await context.redis.exists(keys.dead)).toBe(0)
    expect(await context.redis.zcard(keys.lease(slow.id))).toBe(1)
  })

  it('adds thousands of dead letters in several calls', async () => {
    const {keys, take} = await queueOf(context, 'a')
    const lease = held(await take(1))
    const deadLetters = Array.from({length: 4321}, (_, i) => ({failedAt: i, text: `letter ${i}`}))
    expect(await acknowledgeLease(context.redis, keys, lease, {...nothing, deadLetters})).toBe(true)
    expect(await context.redis.zcard(keys.dead)).toBe(4321)
  })

  it('never adds a dead letter again that an earlier holder had added: it may be replayed by now', async () => {
    const {keys, take} = await queueOf(context, 'a')
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
    // Redis knows the script from here on, so each attempt below is a single call
    await acknowledgeLease(context.redis, keys, {...lease, fence: 0}, nothing)
    await expect(acknowledgeLease(cut, keys, lease, {...nothing, deadLetters})).rejects.toThrow('cut')
    expect(await context.redis.zcard(keys.dead)).toBe(1000)
    await context.redis.del(keys.dead)
    await context.redis.zadd(keys.leases, 1, lease.id)
    const again = held(await take(1))
    expect(await retryLease(context.redis, keys, again, 0)).toBe(true)
    const third = held(await take(1))
    expect(third).toMatchObject({id: lease.id, attempt: 3, retries: 1})
    expect(await acknowledgeLease(context.redis, keys, third, {...nothing, deadLetters})).toBe(true)
    expect(await context.redis.zrange(keys.dead, '0', '0')).toEqual(['letter 1000'])
    expect(await context.redis.zcard(keys.dead)).toBe(1500)
    expect(await context.redis.hget(keys.stats, 'dead_lettered')).toBe('2500')
  })
})

describe('postponeRecords', () => {
  it('keeps records for later, once, however often it is called', async () => {
    const {keys, take} = await queueOf(context, 'a', 'b')
    const lease = held(await take(9))
    const later = {id: `${lease.id}.f1`, delayMs: 0, records: [{score: 7, text: 'b'}]}
    expect(await postponeRecords(context.redis, keys, lease, later)).toBe(true)
    expect(await postponeRecords(context.redis, keys, lease, later)).toBe(true)
    await acknowledgeLease(context.redis, keys, lease, nothing)
    expect(await postponeRecords(context.redis, keys, lease, later)).toBe(false)
    const child = held(await take(9))
    expect(child).toMatchObject({id: later.id, attempt: 1, retries: 0})
    expect(child.items.item(0).toString()).toBe('b')
  })
})

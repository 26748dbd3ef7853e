import {expect, it} from 'vitest'
import {countPurge, runPurge} from '../../src/letters/run-purge.ts'
import type {QueueEngine} from '../../src/queue/engine.ts'
import {deadLetterText, letterId} from '../../src/queue/letters/dead-letter.ts'
import {parseFilter} from '../../src/queue/letters/filter-flags.ts'
import type {LetterFilter} from '../../src/queue/letters/letter-filter.ts'
import {redisNow} from '../../src/queue/letters/letter-scan.ts'
import {listTrash} from '../../src/queue/trash-list.ts'
import type {QueueKeys} from '../../src/redis/keys.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const {signal} = new AbortController()
const UUID = '89a1e82e-99e1-4ef5-aed7-448ebcb1b49d'

const payloads = async (keys: QueueKeys) => {
  const members = await context.redis.zrange(keys.dead, '0', '-1')
  return members.map((member) => JSON.parse(member).payload).sort()
}

/** Counts, runs `meanwhile` when the user would be asked, and purges. */
async function purge({letters}: QueueEngine, filter: LetterFilter, meanwhile: () => Promise<unknown>) {
  const plan = await letters.plan()
  const options = {filter: {...filter, plan}, isAll: Object.keys(filter).length === 0, signal}
  const counted = await countPurge(letters, {...options, onProgress: () => {}})
  await meanwhile()
  let told = 0
  const onPurged = (count: number) => {
    told += count
  }
  const result = await runPurge(letters, {...options, counted, onPurged})
  expect(told).toBe(result.purged)
  return {counted, ...result}
}

const seeds = (from: number, count: number) =>
  Array.from({length: count}, (_, i) => ({
    payload: `${from + i}`,
    id: `old:${from + i}`,
    reason: 'invalid' as const,
  }))

it.each([
  ['all letters', {}],
  ['those of a reason', parseFilter({reason: 'invalid'}, 0)],
])('leaves letters that come in while the question stands, of a purge of %s', async (_, filter) => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(10, 3))
  const result = await purge(at.engine, filter, async () => {
    const failedAt = Math.ceil(await redisNow(context.redis)) + 5
    await seedLetters(
      context,
      at,
      seeds(20, 5).map((seed) => ({...seed, failedAt})),
    )
    // In seconds, as the service that preceded qtool wrote them
    await context.redis.zadd(at.keys.dead, failedAt / 1000, '{"payload":"30","reason":"invalid"}')
  })
  expect(result).toMatchObject({counted: 3, purged: 3})
  expect(await payloads(at.keys)).toEqual(['20', '21', '22', '23', '24', '30'])
})

it.each([
  ['all letters', {}],
  ['those of a reason', parseFilter({reason: 'invalid'}, 0)],
])('leaves those of a lease that was held, which bear the time it was taken: %s', async (_, filter) => {
  const at = context.newQueue()
  const takenAt = Math.floor(await redisNow(context.redis)) - 1000
  const lease = {id: `${UUID}~7`, takenAt}
  await seedLetters(context, at, seeds(10, 2))
  await context.redis.zadd(at.keys.leases, takenAt + 30_000, lease.id)
  const letterOf = (id: string, payload: string) => {
    const head = {
      id: letterId({id, takenAt}, {item: 0}),
      queue: at.queue,
      failedAt: takenAt,
      attempts: 1,
      score: 1,
    }
    return deadLetterText(head, {reason: 'invalid', code: 'X', message: 'm'}, Buffer.from(payload))
  }
  const result = await purge(at.engine, filter, async () => {
    await context.redis.zadd(at.keys.dead, takenAt, letterOf(lease.id, '20'))
    await context.redis.zadd(at.keys.dead, takenAt, letterOf(`${lease.id}.1`, '21'))
    await context.redis.zrem(at.keys.leases, lease.id)
  })
  expect(result).toMatchObject({counted: 2, purged: 2})
  expect(await payloads(at.keys)).toEqual(['20', '21'])
})

it('takes a letter of another lease with the same time', async () => {
  const at = context.newQueue()
  const takenAt = Math.floor(await redisNow(context.redis)) - 1000
  await context.redis.zadd(at.keys.leases, takenAt, `${UUID}~7`)
  await seedLetters(context, at, [{payload: '1', id: `mjuohs00-${UUID}~70:0`, failedAt: takenAt}])
  expect(await purge(at.engine, parseFilter({reason: 'foreign_key'}, 0), async () => {})).toMatchObject({
    counted: 1,
    purged: 1,
  })
})

it('purges the letters that are left where some were replayed meanwhile', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, seeds(10, 5))
  const result = await purge(at.engine, {}, () => context.redis.zremrangebyrank(at.keys.dead, '0', '1'))
  expect(result).toMatchObject({counted: 5, purged: 3})
  expect(await listTrash(context.redis, at.keys)).toMatchObject([{count: 3}])
  expect(await payloads(at.keys)).toEqual([])
})

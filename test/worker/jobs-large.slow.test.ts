import {beforeAll, expect, it} from 'vitest'
import {drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE points (n int PRIMARY KEY, text text)')
})

it('jobs that are too large to be read together are read in parts', async () => {
  const {redis} = context
  const at = context.newQueue()
  const ids = Array.from({length: 40}, (_, i) => `${i + 1}`)
  // The first leases teach that jobs are small
  for (const [i, id] of ids.entries()) {
    const text = 'x'.repeat(i < 10 ? 1 : 900_000)
    await redis.hset(`bull:${at.queue}:${id}`, {name: 'save', data: JSON.stringify({n: i, text})})
  }
  await push(context, at.keys, ids)
  const tally = await drainAll(context, await testSink(context, 'points', {payload: 'bullmq'}), at)
  expect(tally).toMatchObject({inserted: 40, deadLettered: 0})
  await redis.del(ids.map((id) => `bull:${at.queue}:${id}`))
})

import {randomUUID} from 'node:crypto'
import {afterAll, expect, it} from 'vitest'
import {openQueue} from '../../../src/queue/open.ts'
import {spreadQueue} from '../../../src/queue/shards/spread-queue.ts'
import {QueueSurvey} from '../../../src/queue/survey/queue-survey.ts'
import {useServers} from '../../support/context.ts'

const context = useServers()
const name = `test-${randomUUID()}`

afterAll(async () => {
  await (await openQueue(context.redis, {name})).destroy()
  await context.redis.del(`queue:${name}_shard_7`)
})

const rowsOf = async (match: string) => {
  const signal = new AbortController().signal
  const survey = new QueueSurvey(context.redis, {match, sort: 'name', memory: true, signal})
  await survey.findAll(() => {})
  return (await survey.look()).queues
}

it('shows a queue that is spread as one row, and names that only look like its shards', async () => {
  await spreadQueue(context.redis, name, {shards: 3, shardBy: 'f'})
  for (const [at, items] of [3, 0, 5].entries()) {
    const shard = `${name}_shard_${at + 1}`
    for (let i = 0; i < items; i++) await context.redis.zadd(`queue:${shard}`, i, `item ${i}`)
    await context.redis.hset(`stats:${shard}`, 'enqueued', items)
  }
  await context.redis.zadd(`dlq:${name}_shard_2`, Date.now(), 'x')
  await context.redis.zadd(`queue:${name}_shard_7`, 1, 'x')
  expect(await rowsOf(`${name}*`)).toMatchObject([
    {queue: name, shards: 3, engine: 'zset', problem: null, ready: 8, deadLetters: 1, paused: false},
    {queue: `${name}_shard_7`, shards: null, ready: 1},
  ])
})

it('shows shards as rows if their queue was not asked for', async () => {
  const rows = await rowsOf(`${name}_shard_[1-3]`)
  expect(rows.map(({ready, shards}) => [ready, shards])).toEqual([
    [3, null],
    [0, null],
    [5, null],
  ])
})

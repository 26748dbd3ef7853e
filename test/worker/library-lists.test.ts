import {Queue} from 'bullmq'
import {beforeAll, expect, inject, it} from 'vitest'
import {captured} from '../record/payload/captured.ts'
import {cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE points (id serial, n int, lat float, device text, big numeric)')
})

it.each([
  ['sidekiq', 'rpush', 3, ['list of objects', 'scalar beside the object']],
  ['laravel', 'lpush', 3, ['raw', 'named job', 'command']],
] as const)(
  '%s: its list is drained from the end that it pops, in order',
  async (payload, push, rows, names) => {
    const {redis} = context
    const {queue} = context.newQueue()
    const key = payload === 'sidekiq' ? `queue:${queue}` : `queues:${queue}`
    const jobs = names.map((name) => captured(payload).find((job) => job.name === name)?.item ?? '')
    // From the other end, so that the first of them leaves first
    for (const job of jobs.toReversed()) await redis[push](key, job)
    const args = ['-q', queue, '--redis-key', key, '--payload', payload]
    const peeked = await cliJson(['peek', ...args])
    expect(peeked.json.items.map((item: {payload: string}) => item.payload)).toEqual(jobs.map(String))
    const {json} = await cliJson([
      'work',
      ...args,
      '--table',
      `${context.schema}.points`,
      '--workers',
      '1',
      '--until-empty',
    ])
    expect(json).toMatchObject({inserted: rows, deadLettered: 0})
    expect(await redis.exists(key)).toBe(0)
    await context.pool.query('TRUNCATE points')
  },
)

it('bullmq: jobs with a priority are drained from the sorted set that holds them', async () => {
  const {redis} = context
  const {queue: name} = context.newQueue()
  const {hostname: host, port, password} = new URL(inject('redisUrl'))
  const queue = new Queue(name, {connection: {host, port: Number(port), password}})
  for (const n of [3, 1, 2]) await queue.add('save', {n}, {priority: n})
  const key = `bull:${name}:prioritized`
  const args = ['-q', name, '--redis-key', key, '--payload', 'bullmq']
  const peeked = await cliJson(['peek', ...args])
  expect(peeked.json.items.map(({job}: {job: {records: string}}) => job.records)).toEqual([
    '{"n":1}',
    '{"n":2}',
    '{"n":3}',
  ])
  const {json} = await cliJson(['work', ...args, '--table', `${context.schema}.points`, '--until-empty'])
  expect(json).toMatchObject({inserted: 3, deadLettered: 0})
  expect(await redis.exists(key)).toBe(0)
  await queue.obliterate({force: true})
  await queue.close()
})

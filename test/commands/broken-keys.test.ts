import {describe, expect, inject, it} from 'vitest'
import Audit from '../../src/commands/audit.ts'
import DlqList from '../../src/commands/dlq/list.ts'
import DlqPurge from '../../src/commands/dlq/purge.ts'
import Inspect from '../../src/commands/inspect.ts'
import Purge from '../../src/commands/purge.ts'
import Undo from '../../src/commands/undo.ts'
import Work from '../../src/commands/work.ts'
import {AUDIT_KEY} from '../../src/redis/keys.ts'
import {useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'
import {runCommand} from '../support/run-command.ts'

const context = useServers()
const env = () => ({REDIS_URL: inject('redisUrl'), DATABASE_URL: inject('databaseUrl')})

describe('a field of qtool that was broken by hand', () => {
  it.each([
    ['rename', 'no JSON'],
    ['rename', '[]'],
    ['rename', '{"a":5}'],
    ['key', 'no JSON'],
    ['key', '"id"'],
  ])('%s of the binding, %j, is named, with what mends it', async (field, value) => {
    const {queue, keys} = context.newQueue()
    const binding = {table: 'public.flights', records: 'points', rename: '{}', key: 'null', [field]: value}
    await context.redis.hset(keys.sink, binding)
    for (const command of [DlqList, Work] as const) {
      const {code, json} = await runCommand(command, ['-q', queue, '--json'], env())
      expect(code).toBe(1)
      expect(json).toMatchObject({
        error: {code: 'BROKEN_KEY', message: expect.stringContaining(`field "${field}" of key sink:`)},
      })
    }
  })

  it('left out of the binding, is named, too', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.hset(keys.sink, {table: 'public.flights'})
    const {json} = await runCommand(DlqList, ['-q', queue, '--json'], env())
    expect(json).toMatchObject({error: {code: 'BROKEN_KEY', message: expect.stringContaining('"records"')}})
  })

  it('of the trash is named by undo, and does not keep a purge from its work', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.hset(keys.trash, 'abcd1234', 'nonsense')
    await context.redis.zadd(keys.ready, 1, '{}')
    const purged = await runCommand(Purge, ['-q', queue, '--yes', '--json'], env())
    expect(purged).toMatchObject({code: 0, json: {purged: 1}})
    const {code, json} = await runCommand(Undo, ['-q', queue, '--json'], env())
    expect(code).toBe(1)
    expect(json).toMatchObject({
      error: {code: 'BROKEN_KEY', message: expect.stringContaining('field "abcd1234" of key trash:')},
    })
  })

  it('of the counters is named', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.hset(keys.stats, 'enqueued', 'many')
    const {code, json} = await runCommand(Inspect, ['-q', queue, '--json'], env())
    expect(code).toBe(1)
    expect(json).toMatchObject({
      error: {code: 'BROKEN_KEY', message: expect.stringContaining('field "enqueued" of key stats:')},
    })
  })

  it.each(['null', '5', '{}', '{"name":5,"seenAt":99999999999999}', 'no JSON'])(
    'of the workers, %j, is no worker',
    async (value) => {
      const {queue, keys} = context.newQueue()
      await context.redis.hset(keys.workers, 'x', value)
      const {code, json} = await runCommand(Inspect, ['-q', queue, '--json'], env())
      expect({code, json}).toMatchObject({code: 0, json: {workers: []}})
    },
  )

  it('of the audit leaves the count open', async () => {
    const {queue} = context.newQueue()
    await context.redis.xadd(AUDIT_KEY, '*', 'run', queue, 'action', 'purge', 'queue', queue)
    await context.redis.xadd(AUDIT_KEY, '*', 'run', queue, 'state', 'done', 'count', 'many')
    const {code, json} = await runCommand(Audit, ['-q', queue, '--json'], env())
    expect({code, json}).toMatchObject({code: 0, json: {lines: [{state: 'done', count: null}]}})
  })
})

it('a binding of another type is named', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.set(keys.sink, 'x')
  const {json} = await runCommand(DlqList, ['-q', queue, '--json'], env())
  expect(json).toMatchObject({
    error: {code: 'WRONGTYPE', message: expect.stringMatching(/key sink:\S+ is a string, not a hash/)},
  })
})

it('a counter that is no number is named where it is counted up', async () => {
  const {queue, keys} = context.newQueue()
  await context.redis.hset(keys.stats, 'inserted', 'many')
  await context.pool.query('CREATE TABLE counted (a int)')
  await context.redis.zadd(keys.ready, 1, '{"a":1}')
  const line = ['-q', queue, '--table', `${context.schema}.counted`, '--until-empty', '--json']
  const {code, json} = await runCommand(Work, line, env())
  expect(code).toBe(1)
  expect(json).toMatchObject({
    error: {code: 'BROKEN_KEY', message: expect.stringContaining('field "inserted" of key stats:')},
  })
})

it('a counter of dead letters that is no number is named where it is counted down', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{}', reason: 'invalid'}])
  await context.redis.hset(at.keys.stats, {'dead:invalid': 'many', 'failed:invalid': 'ever'})
  const line = ['-q', at.queue, '--reason', 'invalid', '--json', '--yes']
  const {code, json} = await runCommand(DlqPurge, line, env())
  expect(code).toBe(1)
  expect(json).toMatchObject({
    error: {code: 'BROKEN_KEY', message: expect.stringContaining('field "dead:invalid" of key stats:')},
  })
})

it('times of dead letters that are none are ignored', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{}', reason: 'invalid', failedAt: 1.7e12}])
  for (const text of ['ever', '1:x:y', '1:1700000000000', '9:1:2']) {
    await context.redis.hset(at.keys.stats, 'failed:invalid', text)
    const {code, json} = await runCommand(Inspect, ['-q', at.queue, '--json'], env())
    const [firstFailedAt, lastFailedAt] = ['2023-11-14T22:13:20.000Z', '2023-11-14T22:13:20.000Z']
    expect({code, json}).toMatchObject({
      code: 0,
      json: {timesByReason: {invalid: {firstFailedAt, isFirstExact: true, lastFailedAt, isLastExact: true}}},
    })
  }
})

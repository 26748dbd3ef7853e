import {beforeAll, describe, expect, it} from 'vitest'
import type {PayloadKind} from '../../src/record/payload/payload.ts'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE plain (a int)')
})

const task = (...args: unknown[]) => JSON.stringify({class: 'Save', args, jid: 'x'})

/** Items of each kind: those without a record, and all others, each of which has one row. */
const KINDS: Array<[what: string, PayloadKind, records: string, empty: string[], full: string[]]> = [
  [
    'envelopes',
    'json',
    'points',
    ['{"points":[]}', '{"points":[ ]}', '{"a":1,"points":[]}'],
    ['{"points":[{"a":1}]}', '{"a":2}'],
  ],
  ['envelopes in envelopes', 'json', 'data.points', ['{"data":{"points":[]}}'], ['{"a":1}']],
  ['jobs', 'sidekiq', 'points', [task([]), task({points: []})], [task({a: 1}), task([{a: 2}])]],
  ['jobs with a path', 'sidekiq', 'args.1', [task({a: 1}, [])], [task({a: 1}, {a: 2})]],
]

describe.each(KINDS)('of %s', (_, payload, records, empty, full) => {
  it('those without a record are counted, and the others are written', async () => {
    const at = context.newQueue()
    await push(context, at.keys, [...empty, ...full])
    const sink = await testSink(context, 'plain', {payload, records})
    const tally = await drainAll(context, sink, at, {workers: 1})
    expect(tally).toMatchObject({
      items: empty.length + full.length,
      inserted: full.length,
      empty: empty.length,
      deadLettered: 0,
    })
    const inspected = await at.engine.inspect()
    expect(inspected.totals).toMatchObject({inserted: full.length, empty: empty.length, deadLettered: 0})
  })
})

it('one that is refused is a dead letter, and not counted as empty', async () => {
  const at = context.newQueue()
  await push(context, at.keys, ['{"points":[1]}', '[]', '', '{}'])
  const tally = await drainAll(context, await testSink(context, 'plain'), at)
  expect(tally).toMatchObject({inserted: 0, empty: 0, deadLettered: 4})
  expect(await deadLetters(context, at.keys)).toHaveLength(4)
})

it('they are counted once, also where a worker died between commit and acknowledge', async () => {
  const at = context.newQueue()
  await push(context, at.keys, ['{"a":1}', '{"points":[]}', '{"points":[ ]}'])
  const sink = await testSink(context, 'plain')
  const redis = new Proxy(context.redis, {
    get(target, name) {
      const value = Reflect.get(target, name)
      if (name !== 'evalsha') return typeof value === 'function' ? value.bind(target) : value
      // Only the acknowledgement names the canary's key
      return (sha: string, keys: number, ...rest: string[]) =>
        rest.includes(at.keys.canary) ? Promise.reject(new Error('gone')) : target.evalsha(sha, keys, ...rest)
    },
  })
  await expect(drainAll({...context, redis}, sink, at, {workers: 1})).rejects.toThrow('gone')
  expect(await context.redis.hexists(at.keys.stats, 'empty')).toBe(0)
  for (const id of await context.redis.zrange(at.keys.leases, '0', '-1'))
    await context.redis.zadd(at.keys.leases, 1, id)
  const tally = await drainAll(context, sink, at, {workers: 1})
  expect(tally).toMatchObject({inserted: 0, recovered: 1, empty: 2})
  expect(await context.redis.hget(at.keys.stats, 'empty')).toBe('2')
})

it('work and inspect say how many there were', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"points":[]}', '{"a":1}'])
  const args = ['work', '-q', queue, '--table', `${context.schema}.plain`, '--until-empty']
  const worked = await cli(args, {env: cliEnv()})
  expect(worked.stdout).toContain('1 item without a record')
  expect(worked.code).toBe(0)
  expect((await cli(['inspect', '-q', queue], {env: cliEnv()})).stdout).toContain('1 item without a record')
  const {json} = await cliJson(['inspect', '-q', queue])
  expect(json.totals).toMatchObject({inserted: 1, empty: 1, trimmed: 0})
})

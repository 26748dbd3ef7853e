import {beforeAll, expect, it} from 'vitest'
import {diagnoseLetters, judgeLetters} from '../../src/letters/diagnose.ts'
import {runReplay} from '../../src/letters/run-replay.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {testSink, useServers, withClient} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE tenant (id int PRIMARY KEY)')
  await context.pool.query(
    'CREATE TABLE item (n int PRIMARY KEY, tenant int REFERENCES tenant, amount numeric CHECK (amount > 0))',
  )
  await context.pool.query('INSERT INTO tenant SELECT generate_series(1, 10)')
})

const signal = new AbortController().signal

async function setUp() {
  const at = context.newQueue()
  const sink = await testSink(context, 'item')
  const good = Array.from({length: 700}, (_, i) => ({
    payload: `{"n":${i},"tenant":${(i % 10) + 1},"amount":1}`,
  }))
  const orphans = Array.from({length: 92}, (_, i) => ({payload: `{"n":${1000 + i},"tenant":77}`}))
  const others = [
    {payload: '{"n":"x"}'},
    {payload: '{"n":2000,"amount":-1}'},
    {payload: '{"n":2001,'},
    {payload: '{"tenant":1}'},
  ]
  await seedLetters(
    context,
    at,
    [...good, ...orphans, ...others].map((seed, i) => ({...seed, id: `l:${i}`})),
  )
  await context.redis.zadd(
    at.keys.dead,
    1,
    '{"points":[{"n":1,"tenant":1},{"n":2,"tenant":78}],"reason":"r"}',
  )
  return {at, sink}
}

it('says how many would pass and what stands in the way of the others, and writes nothing', async () => {
  const {at, sink} = await setUp()
  const found = await withClient(context, (client) =>
    diagnoseLetters(at.engine.letters, client, new Sinks([sink]), {filter: {}, show: 10, signal}),
  )
  expect(found).toMatchObject({
    matched: 797,
    passing: 700,
    failing: 97,
    unknown: 0,
    several: 0,
    moreObstacles: 0,
  })
  expect(found.obstacles[0]).toEqual({
    state: 'failing',
    reason: 'foreign_key',
    code: '23503',
    error: 'insert or update on table "item" violates foreign key constraint "item_tenant_fkey"',
    column: null,
    constraint: 'item_tenant_fkey',
    table: null,
    parent: 'tenant',
    letters: 93,
    alone: 93,
    records: 93,
    distinct: 2,
    top: [
      {value: '77', letters: 92, records: 92},
      {value: '78', letters: 1, records: 1},
    ],
    example: 'l:700',
  })
  expect(found.obstacles.map((one) => one.code).sort()).toEqual(['22P02', '23502', '23503', '23514', 'JSON'])
  expect((await context.pool.query('SELECT FROM item')).rowCount).toBe(0)
  expect(await context.redis.zcard(at.keys.dead)).toBe(797)
})

it('lets a replay take only those that would pass', async () => {
  const {at, sink} = await setUp()
  const result = await withClient(context, (client) =>
    runReplay(at.engine, {
      filter: {},
      dryRun: false,
      signal,
      judge: async (letters) =>
        (await judgeLetters(client, new Sinks([sink]), letters)).map(({state}) => state),
    }),
  )
  expect(result).toMatchObject({matched: 797, replayed: 700, failing: 97, remaining: 97})
})

import {afterAll, beforeAll, describe, expect, inject, it} from 'vitest'
import {cliEnv, cliJson} from '../support/cli.ts'
import {useServers} from '../support/context.ts'
import {findRecords} from '../support/outside.ts'
import {type PgBouncer, startPgBouncer} from '../support/pgbouncer.ts'
import {FAULTS, idsWith, makeOrders, ORDERS} from './orders.ts'

const context = useServers()
const orders = makeOrders(3000)
const table = () => `${context.schema}.orders`

beforeAll(() => context.pool.query(ORDERS))

describe.each([
  // Fewer connections than workers, so that sessions do change hands
  ['transaction', 2],
  ['session', 10],
] as const)('PgBouncer in %s mode', (mode, size) => {
  let bouncer: PgBouncer
  beforeAll(async () => {
    bouncer = await startPgBouncer(inject('databaseUrl'), mode, `default_pool_size=${size}`)
    await context.pool.query(`TRUNCATE ${table()}`)
  })
  afterAll(() => bouncer?.stop())

  it('carries the main job, and diagnose writes nothing', async () => {
    const {queue} = context.newQueue()
    const env = cliEnv({DATABASE_URL: bouncer.url})
    await cliJson(['enqueue', '-q', queue], {env, input: orders.map(({text}) => text).join('\n')})
    const args = ['-q', queue, '--table', table()]
    const work = await cliJson(['work', ...args, '--until-empty', '--workers', '6', '--batch', '200'], {env})
    expect(work).toMatchObject({code: 3, json: {inserted: 2700, alreadyThere: 0, foreignKeys: {way: 'set'}}})
    const places = {
      ready: [],
      leased: [],
      dead: idsWith(orders, ...Object.keys(FAULTS)),
      rows: idsWith(orders, undefined),
    }
    expect(await findRecords(context, queue, table())).toEqual(places)
    expect((await cliJson(['dlq', 'diagnose', ...args], {env})).json).toMatchObject({matched: 300})
    expect(await findRecords(context, queue, table())).toEqual(places)
  })

  it('carries updates, whatever session has the temporary table', async () => {
    await context.pool.query('DROP TABLE IF EXISTS kept; CREATE TABLE kept (id int PRIMARY KEY, v int)')
    const {queue} = context.newQueue()
    const env = cliEnv({DATABASE_URL: bouncer.url})
    const args = ['work', '-q', queue, '--table', `${context.schema}.kept`, '--on-conflict', 'update']
    for (const v of [1, 2]) {
      const input = Array.from({length: 2000}, (_, id) => JSON.stringify({id, v})).join('\n')
      await cliJson(['enqueue', '-q', queue], {env, input})
      const {json} = await cliJson([...args, '--until-empty', '--workers', '6', '--batch', '100'], {env})
      expect(json).toMatchObject(v === 1 ? {inserted: 2000, updated: 0} : {inserted: 0, updated: 2000})
    }
  })
})

describe('PgBouncer in statement mode', () => {
  let bouncer: PgBouncer
  beforeAll(async () => {
    bouncer = await startPgBouncer(inject('databaseUrl'), 'statement')
  })
  afterAll(() => bouncer?.stop())

  it('cannot carry transactions: work says so, and takes nothing', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.ready, 1, '{"id":1}')
    const env = cliEnv({DATABASE_URL: bouncer.url})
    const {code, json} = await cliJson(['work', '-q', queue, '--table', table(), '--until-empty'], {env})
    expect(code).not.toBe(0)
    expect(json.error.message).toContain('not allowed in statement pooling mode')
    expect(json.error.suggestions.join()).toContain('pool_mode')
    expect(await context.redis.zcard(keys.ready)).toBe(1)
  })
})

describe('start-up options of the URL', () => {
  const searchPath = '?options=-c%20search_path%3Delsewhere'

  it.each([
    ['drops', ['ignore_startup_parameters=extra_float_digits,options'], 'search_path'],
    ['refuses', [], 'unsupported startup parameter'],
  ])('that PgBouncer %s are not done without', async (_title, settings, message) => {
    const bouncer = await startPgBouncer(inject('databaseUrl'), 'transaction', ...settings)
    try {
      const env = cliEnv({DATABASE_URL: `${bouncer.url}${searchPath}`})
      const {code, json} = await cliJson(['migrate'], {env})
      expect(code).toBe(4)
      expect(json.error.message).toContain(message)
      expect(json.error.suggestions.join()).toContain('ALTER ROLE')
    } finally {
      await bouncer.stop()
    }
  })
})

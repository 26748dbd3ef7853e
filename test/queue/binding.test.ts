import {beforeAll, describe, expect, it} from 'vitest'
import {readBinding} from '../../src/queue/binding.ts'
import {queueKeys} from '../../src/redis/keys.ts'
import {cli, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE orders (id int PRIMARY KEY, note text, customer int)')
  await context.pool.query('CREATE TABLE other (id int PRIMARY KEY, note text)')
})

const work = (queue: string, ...more: string[]) => cliJson(['work', '-q', queue, '--until-empty', ...more])
const table = (name: string) => ['--table', `${context.schema}.${name}`]

/** A queue whose worker has run once with a records path of its own, and left a dead letter. */
async function boundQueue() {
  const at = context.newQueue()
  await push(context, at.keys, ['{"data":{"rows":[{"id":1,"cust":5},{"id":"x","cust":6}]}}'])
  const mapping = ['--records', 'data.rows', '--rename', 'cust=customer']
  const {json} = await work(at.queue, ...table('orders'), ...mapping)
  expect(json).toMatchObject({deadLettered: 1})
  await context.pool.query('DELETE FROM orders')
  return at
}

it('keeps table, records path and renames where the workers of a queue have started', async () => {
  const {queue} = await boundQueue()
  expect(await readBinding(context.redis, {name: queue, keys: queueKeys(queue)})).toEqual({
    table: `"${context.schema}"."orders"`,
    records: 'data.rows',
    rename: {cust: 'customer'},
  })
})

describe('a queue that drains into a table', () => {
  it('is diagnosed against that table, and with its mapping', async () => {
    const {queue} = await boundQueue()
    const {json} = await cliJson(['dlq', 'diagnose', '-q', queue])
    expect(json).toMatchObject({table: `${context.schema}.orders`, matched: 1, failing: 1})
    expect(json.obstacles).toMatchObject([{code: '22P02'}])
  })

  it.each([
    ['dlq', 'diagnose'],
    ['dlq', 'replay', '--only-passing'],
    ['work', '--until-empty'],
  ])('is refused another table by %s %s', async (...line) => {
    const {queue} = await boundQueue()
    const {code, json} = await cliJson([...line, '-q', queue, ...table('other')])
    expect(code).toBe(2)
    expect(json.error.code).toBe('OTHER_TABLE')
    expect(json.error.message).toContain('"orders"')
    expect(json.error.message).toMatch(/\bother\b/)
  })

  it('is diagnosed, corrected and replayed with the paths, units and names of its workers', async () => {
    await context.pool.query(
      'CREATE TABLE deep (id int PRIMARY KEY, city text, at timestamptz, made_by text)',
    )
    const at = context.newQueue()
    await push(context, at.keys, ['{"id":"x","c":{"city":"Bern"},"t":1764000000,"madeBy":"me"}'])
    const how = ['--map', 'city=c.city', '--map', 'at=t', '--time', 'at=s', '--camel-case']
    expect((await work(at.queue, ...table('deep'), ...how)).json).toMatchObject({deadLettered: 1})
    expect((await cliJson(['dlq', 'diagnose', '-q', at.queue])).json.obstacles).toMatchObject([
      {code: '22P02', column: 'id', top: [{value: 'x'}]},
    ])
    const edited = await cliJson([
      'dlq',
      'edit',
      '-q',
      at.queue,
      '--reason',
      'invalid',
      '--set',
      'id=5',
      '--yes',
    ])
    expect(edited.json.judged).toMatchObject({letters: 1, passing: 1})
    const replay = ['dlq', 'replay', '-q', at.queue, '--only-passing']
    expect((await cliJson(replay)).json).toMatchObject({replayed: 1})
    expect((await work(at.queue)).json).toMatchObject({inserted: 1})
    expect((await context.pool.query('SELECT *, at::text FROM deep')).rows).toEqual([
      {id: 5, city: 'Bern', at: '2025-11-24 16:00:00+00', made_by: 'me'},
    ])
    const {json} = await work(at.queue, ...table('deep'), ...how.slice(0, 4))
    expect(json.error.code).toBe('OTHER_MAPPING')
    expect(json.error.message).toContain('--map at=t --map city=c.city --camel-case --time at=s')
  })

  it('is refused another mapping by work, unless it is bound to it', async () => {
    const {queue} = await boundQueue()
    const {code, json} = await work(queue, '--rename', 'cust=note')
    expect({code, error: json.error.code}).toEqual({code: 2, error: 'OTHER_MAPPING'})
    expect(json.error.message).toMatch(
      /is drained with --records data.rows --payload json --rename cust=customer, not with --records data.rows --payload json --rename cust=note$/,
    )
    expect(await work(queue, '--rename', 'cust=note', '--rebind')).toMatchObject({code: 0})
    expect(await work(queue)).toMatchObject({code: 0})
  })

  it.each([
    ['a path of the records', {records: 'points'}],
    ['renames', {rename: {}}],
    ['paths', {map: {y: 'a.b', c: '$'}}],
    ['camel case', {camelCase: true}],
    ['units', {time: {y: 'ms'}} as const],
    ['a job library', {payload: 'celery'} as const],
    ['a key', {key: ['id']}],
  ])('is refused %s of its own', async (_, other) => {
    const {engine} = context.newQueue()
    const mapping = {table: '"a"."b"', records: 'rows', rename: {x: 'y', a: 'b'}}
    await engine.bind(mapping, {rebind: false})
    await engine.bind({...mapping, rename: {a: 'b', x: 'y'}, payload: 'json'}, {rebind: false})
    const changed = {...mapping, ...other}
    await expect(engine.bind(changed, {rebind: false})).rejects.toMatchObject({code: 'OTHER_MAPPING'})
    await engine.bind(changed, {rebind: true})
    await engine.bind(changed, {rebind: false})
  })

  it('is worked on as before where no table is named', async () => {
    const at = await boundQueue()
    await push(context, at.keys, ['{"data":{"rows":[{"id":7,"cust":8}]}}'])
    expect((await work(at.queue)).json).toMatchObject({inserted: 1, table: `${context.schema}.orders`})
    expect((await context.pool.query('SELECT customer FROM orders WHERE id = 7')).rows).toEqual([
      {customer: 8},
    ])
  })

  it('is bound to another one with --rebind', async () => {
    const {queue} = await boundQueue()
    expect(await work(queue, ...table('other'), '--rebind')).toMatchObject({code: 0})
    expect(await cli(['dlq', 'diagnose', '-q', queue, ...table('other')])).toMatchObject({code: 0})
    expect(await readBinding(context.redis, {name: queue, keys: queueKeys(queue)})).toMatchObject({
      records: 'points',
      rename: {},
    })
  })

  it('says that its table is gone after a rename, and how to bind it to the new name', async () => {
    await context.pool.query('CREATE TABLE early (id int PRIMARY KEY)')
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"id":"x"}'])
    await work(queue, ...table('early'))
    await context.pool.query('ALTER TABLE early RENAME TO late')
    for (const args of [
      ['dlq', 'diagnose'],
      ['dlq', 'replay', '--only-passing'],
      ['work', '--until-empty'],
    ]) {
      const {stderr} = await cli([...args, '-q', queue])
      expect(stderr).toContain(`no table "${context.schema}"."early" in the database`)
      expect(stderr).toContain('--rebind')
    }
  })
})

it('reads the envelopes of other producers where the workers find their records', async () => {
  const {queue, keys} = await boundQueue()
  const envelope = '{"data":{"rows":[{"id":21},{"id":22}]},"why":"no customer"}'
  await context.redis.zadd(keys.dead, 1.7e12, envelope)
  const {json} = await cliJson(['dlq', 'list', '-q', queue, '--match', 'id=22'])
  expect(json).toMatchObject({matched: 1, records: 2})
  const set = ['--match', 'id=22', '--set', 'note=late', '--yes']
  expect((await cliJson(['dlq', 'edit', '-q', queue, ...set])).json).toMatchObject({edited: 1})
  const exported = await cli(['dlq', 'export', '-q', queue, '--match', 'id=22'])
  expect(exported.stdout).toBe('{"data":{"rows":[{"id":21,"note":"late"},{"id":22,"note":"late"}]}}\n')
  expect((await cliJson(['dlq', 'replay', '-q', queue, '--match', 'id=22'])).json).toMatchObject({
    replayed: 1,
  })
  expect((await work(queue)).json).toMatchObject({inserted: 2})
})

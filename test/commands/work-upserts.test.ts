import {randomUUID} from 'node:crypto'
import {afterAll, beforeAll, expect, inject, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
const role = `inserter_${randomUUID().slice(0, 8)}`

beforeAll(() =>
  context.pool.query(`CREATE TABLE prices (sku text PRIMARY KEY, price int CHECK (price > 0), changed int);
CREATE TABLE closed (sku text PRIMARY KEY, price int);
CREATE ROLE ${role} LOGIN PASSWORD 'test'; GRANT USAGE ON SCHEMA ${context.schema} TO ${role};
GRANT SELECT, INSERT ON closed TO ${role}`),
)

afterAll(() => context.pool.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`))

const table = (name: string) => ['--table', `${context.schema}.${name}`]

it('updates rows, counts that, and stays with it', {timeout: 90_000}, async () => {
  const {queue, keys} = context.newQueue()
  const work = ['work', '-q', queue, '--until-empty']
  await context.pool.query(`INSERT INTO prices VALUES ('a', 1, 1), ('b', 1, 9)`)
  const records = [
    {sku: 'a', price: 2, changed: 2},
    {sku: 'a', price: 3, changed: 3},
    {sku: 'b', price: 2, changed: 2},
    {sku: 'c', price: 1, changed: 1},
  ]
  await push(
    context,
    keys,
    records.map((record) => JSON.stringify(record)),
  )
  const env = cliEnv({QTOOL_NEWEST_BY: 'changed'})
  const first = await cli([...work, ...table('prices'), '--on-conflict', 'update'], {env})
  expect(first).toMatchObject({code: 0})
  expect(first.stdout).toMatch(/inserted +1 row\n *updated +1 row\n *already there +1\n/)
  expect(first.stdout).toContain('1 record whose lease held a newer one with the same key')

  const other = await cliJson([...work, ...table('prices')])
  expect(other).toMatchObject({code: 2, json: {error: {code: 'OTHER_MAPPING'}}})
  expect(other.json.error.message).toContain('--on-conflict update --newest-by changed')

  await push(context, keys, ['{"sku":"c","price":5,"changed":5}', '{"sku":"b","price":0,"changed":10}'])
  const again = await cliJson(work)
  expect(again).toMatchObject({code: 3, json: {inserted: 0, updated: 1, deadLettered: 1}})
  expect((await cliJson(['inspect', '-q', queue])).json.totals).toMatchObject({
    ...{inserted: 1, updated: 2, superseded: 1, alreadyThere: 1, deadLettered: 1},
  })

  await context.pool.query('ALTER TABLE prices DROP CONSTRAINT prices_price_check')
  expect((await cliJson(['dlq', 'diagnose', '-q', queue])).json).toMatchObject({matched: 1, passing: 1})
  expect((await cliJson(['dlq', 'replay', '-q', queue])).json).toMatchObject({replayed: 1})
  expect((await cliJson(work)).json).toMatchObject({updated: 1, deadLettered: 0, alreadyThere: 0})
  const {rows} = await context.pool.query('SELECT * FROM prices ORDER BY sku')
  expect(rows.map(({sku, price}) => [sku, price])).toEqual([
    ['a', 3],
    ['b', 0],
    ['c', 5],
  ])
})

it('says at the start which right is missing, and takes nothing', async () => {
  const {queue, keys} = context.newQueue()
  await push(context, keys, ['{"sku":"a","price":2}'])
  const url = Object.assign(new URL(inject('databaseUrl')), {username: role, password: 'test'}).href
  const args = ['work', '-q', queue, ...table('closed'), '--on-conflict', 'update', '--until-empty']
  const {code, json} = await cliJson(args, {env: cliEnv({DATABASE_URL: url})})
  expect({code, error: json.error.code}).toEqual({code: 6, error: 'NO_UPDATE'})
  expect(json.error.message).toContain(`role ${role} may not update price of`)
  expect(json.error.suggestions.join()).toMatch(new RegExp(`GRANT SELECT, UPDATE ON .*closed.* TO ${role}`))
  expect(await context.redis.zcard(keys.ready)).toBe(1)
})

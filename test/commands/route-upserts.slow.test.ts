import {beforeEach, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
let at: ReturnType<typeof context.newQueue>
let flags: string[]
let orders: string
let lines: string

const FEED = [
  '{"op":"u","order":{"no":1,"total":7,"at":2},"lines":[{"id":1,"order_no":1,"sku":"a"},{"id":2,"order_no":9,"sku":"b"}]}',
  '{"op":"c","order":{"no":3,"total":"much","at":1},"lines":[{"id":4,"order_no":3,"sku":"c"}]}',
  '{"op":"d","order":{"no":2,"at":3},"lines":[{"id":3}]}',
  // Refused, since a line stays
  '{"op":"d","order":{"no":5,"at":3}}',
]

beforeEach(async () => {
  orders = `${context.schema}.orders`
  lines = `${context.schema}.lines`
  await context.pool.query(`DROP TABLE IF EXISTS lines, orders;
CREATE TABLE orders (no int PRIMARY KEY, total numeric, at int);
CREATE TABLE lines (id int UNIQUE, nr int UNIQUE, order_no int REFERENCES orders, sku text);
INSERT INTO orders VALUES (1, 5, 1), (2, 6, 1), (5, 6, 1); INSERT INTO lines (id, order_no) VALUES (3, 2), (7, 5)`)
  at = context.newQueue()
  flags = [
    ...['--route', `order:${orders}`, '--route', `lines[]:${lines}`, '--on-conflict', 'update'],
    ...['--key', `${lines}:id`, '--newest-by', 'at', '--op-field', '$envelope.op'],
  ]
})

const work = (...more: string[]) => cliJson(['work', '-q', at.queue, '--until-empty', ...more])

const EXPECTED = {
  orders: {inserted: 0, updated: 1, deleted: 1, deadLettered: 2},
  lines: {inserted: 1, updated: 0, deleted: 1, deadLettered: 2},
}

it('updates and deletes rows of several tables, and counts each', async () => {
  await push(context, at.keys, FEED)
  const {code, json} = await work(...flags)
  expect(code).toBe(3)
  expect(json).toMatchObject({inserted: 1, updated: 1, deleted: 2, deadLettered: 4})
  expect(json.tables).toMatchObject({[orders]: EXPECTED.orders, [lines]: EXPECTED.lines})
  const {rows} = await context.pool.query(
    `SELECT sink, inserted, updated, deleted, cardinality(dead_letters) AS dead FROM qtool.applied_lease WHERE queue = $1`,
    [at.queue],
  )
  expect(rows).toEqual([{sink: `${orders}, ${lines}`, inserted: 1, updated: 1, deleted: 2, dead: 4}])
  const {stdout} = await cli(['dlq', 'list', '-q', at.queue])
  for (const text of [`total in ${orders}`, 'PARENT_REFUSED', 'lines_order_no_fkey'])
    expect(stdout).toContain(text)
})

it('check says the same beforehand', async () => {
  const {json} = await cliJson(['check', '-', ...flags, '--json'], {input: FEED.join('\n')})
  expect(json).toMatchObject({passing: 4, refused: 4})
  const counts = ({deadLettered, ...rest}: typeof EXPECTED.orders) => ({...rest, refused: deadLettered})
  expect(json.tables).toMatchObject({[orders]: counts(EXPECTED.orders), [lines]: counts(EXPECTED.lines)})
})

it('the queue remembers it, and refuses another key without --rebind', async () => {
  await push(context, at.keys, [FEED[0]])
  await work(...flags)
  // Said in other words
  const searched = flags.map((flag) => flag.replace(`${lines}:id`, `"${context.schema}".lines:id`))
  expect(await work(...searched)).toMatchObject({code: 0})
  const other = flags.map((flag) => flag.replace(`${lines}:id`, `${lines}:nr`))
  expect(await work(...other)).toMatchObject({code: 2, json: {error: {code: 'OTHER_MAPPING'}}})
  await push(context, at.keys, [FEED[2]])
  expect(await work()).toMatchObject({code: 0, json: {deleted: 2}})
  expect(await work(...other, '--rebind')).toMatchObject({code: 0})
})

it('diagnose and replay judge and write as the queue does', async () => {
  await push(context, at.keys, FEED)
  await work(...flags)
  const before = await cliJson(['dlq', 'diagnose', '-q', at.queue])
  expect(before.json).toMatchObject({matched: 4, passing: 0, failing: 4})
  await context.pool.query('INSERT INTO orders VALUES (9, 0, 0); ALTER TABLE orders ALTER total TYPE text')
  expect((await cliJson(['dlq', 'diagnose', '-q', at.queue])).json).toMatchObject({passing: 3, failing: 1})
  const replayed = await cliJson(['dlq', 'replay', '-q', at.queue, '--only-passing'])
  expect(replayed.json).toMatchObject({replayed: 3})
  expect((await work()).json).toMatchObject({inserted: 3, deadLettered: 0})
})

it('a table without a key is refused, with what to give', async () => {
  const found = await work(...flags.filter((flag) => flag !== '--key' && flag !== `${lines}:id`))
  expect(found).toMatchObject({
    code: 2,
    json: {error: {suggestions: [`name one of its keys: --key ${lines}:id, or --key ${lines}:nr`]}},
  })
})

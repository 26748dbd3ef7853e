import {writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {beforeEach, expect, it} from 'vitest'
import {cli, cliJson, newFolder} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
const folder = newFolder()
let queue: string
let flags: string[]

const ITEMS = [
  '{"id":1,"total":5,"customer":{"name":"a"},"lines":[{"sku":"a","qty":1},{"sku":"b","qty":"2,5"}]}',
  '{"id":2,"total":"much","customer":{"name":null},"lines":[{"sku":"c","qty":3}]}',
  '{"id":3,"total":7,"lines":9}',
]

beforeEach(async () => {
  const {schema} = context
  await context.pool.query(`DROP TABLE IF EXISTS lines, customers, orders;
CREATE TABLE orders (id int PRIMARY KEY, total int); CREATE TABLE customers (order_id int, name text NOT NULL);
CREATE TABLE lines (order_id int REFERENCES orders, sku text, qty numeric)`)
  const routes = ['lines[]:lines', 'customer:customers', '$:orders']
  flags = routes.flatMap((route) => ['--route', route.replace(':', `:${schema}.`)])
  flags.push('--map', `${schema}.lines:order_id=$parent.id`, '--map', 'order_id=$parent.id')
  flags.push('--max-refused', '100%')
  const at = context.newQueue()
  queue = at.queue
  await push(context, at.keys, ITEMS)
})

const work = (...more: string[]) => cliJson(['work', '-q', queue, '--until-empty', '--workers', '1', ...more])
const json = async (...args: string[]) => (await cliJson(args)).json

async function rows(table: string): Promise<string[]> {
  const found = await context.pool.query({text: `SELECT * FROM ${table} ORDER BY 1, 2`, rowMode: 'array'})
  return found.rows.map((row) => row.join(' '))
}

/** What stands in the way of dead letters, by table and code. */
const obstacles = async () => {
  const {obstacles: found} = await json('dlq', 'diagnose', '-q', queue)
  return found
    .map(({table, code}: {table: string | null; code: string}) =>
      [table?.replace(/.*\./, ''), code].join(' '),
    )
    .sort()
}

it('drains orders with their lines, and brings every dead letter back once it is mended', async () => {
  expect(await work(...flags)).toMatchObject({code: 3, json: {inserted: 4, deadLettered: 5}})
  expect(await obstacles()).toEqual(
    ['lines 22P02', 'lines PARENT_REFUSED', 'customers 23502', 'orders 22P02', ' SHAPE'].sort(),
  )
  expect(await json('dlq', 'replay', '-q', queue, '--only-passing', '--dry-run')).toMatchObject({replayed: 0})

  const edit = (...rules: string[]) => json('dlq', 'edit', queue, '--yes', ...rules)
  expect(await edit('--where', 'code:22P02 payload.sku:b', '--convert', 'qty:comma-decimal')).toMatchObject({
    edited: 1,
  })
  expect(await edit('--where', 'payload.total:much code:22P02', '--set', 'total=8')).toMatchObject({
    edited: 1,
  })
  expect(await edit('--where', 'code:SHAPE', '--set', 'lines=[{"sku":"z","qty":1}]')).toMatchObject({
    edited: 1,
  })
  await context.pool.query('ALTER TABLE customers ALTER name DROP NOT NULL')

  expect((await json('dlq', 'diagnose', '-q', queue)).passing).toBe(5)
  expect(await json('dlq', 'replay', '-q', queue, '--only-passing')).toMatchObject({replayed: 5})
  expect((await work()).json).toMatchObject({inserted: 5, alreadyThere: 0, deadLettered: 0})
  expect(await rows('orders')).toEqual(['1 5', '2 8', '3 7'])
  expect(await rows('customers')).toEqual(['1 a', '2 '])
  expect(await rows('lines')).toEqual(['1 a 1', '1 b 2.5', '2 c 3', '3 z 1'])
})

it('is foretold by check, with the same counts and nothing unknown', async () => {
  const path = join(folder, 'orders.ndjson')
  await writeFile(path, ITEMS.map((line) => `${line}\n`).join(''))
  const checked = await json(
    'check',
    path,
    ...flags.filter((flag) => flag !== '--max-refused' && flag !== '100%'),
  )
  const {json: worked} = await work(...flags)
  expect(checked).toMatchObject({inserted: worked.inserted, refused: worked.deadLettered, unknownKeys: []})
  const counts = (tables: Record<string, {inserted: number}>) =>
    Object.entries(tables).map(([name, {inserted}]) => [name, inserted])
  expect(counts(checked.tables).sort()).toEqual(counts(worked.tables).sort())
})

it('says what is wrong with a route or a mapping', async () => {
  const {stderr, code} = await cli(['work', '-q', queue, '--until-empty', '--route', '$:a', '--route', '*:b'])
  expect({stderr, code}).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('$:a takes every item itself, so that nothing is left for *:b'),
  })
  const idle = await cli(['work', '-q', queue, '--until-empty', ...flags, '--map', 'total=$parent.id'])
  expect(idle).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('are items themselves, and have no parent'),
  })
})

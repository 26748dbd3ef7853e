import {beforeAll, beforeEach, expect, it} from 'vitest'
import {cli, cliEnv, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()
let queue: string
let tables: {orders: string; lines: string}
let routes: string[]

beforeAll(async () => {
  const {schema} = context
  tables = {orders: `${schema}.orders`, lines: `${schema}.lines`}
  routes = ['--route', `order:${tables.orders}`, '--route', `lines[]:${tables.lines}`]
})

beforeEach(async () => {
  await context.pool.query('DROP TABLE IF EXISTS lines, orders')
  await context.pool.query('CREATE TABLE orders (no int PRIMARY KEY, total numeric)')
  await context.pool.query('CREATE TABLE lines (order_no int REFERENCES orders, sku text NOT NULL)')
  const at = context.newQueue()
  queue = at.queue
  await push(context, at.keys, [
    '{"order":{"no":1,"total":5},"lines":[{"order_no":1,"sku":"a"},{"order_no":1,"sku":null}]}',
    '{"order":{"no":2,"total":"much"},"lines":[{"order_no":2,"sku":"b"}]}',
  ])
})

const work = (...flags: string[]) => cliJson(['work', '-q', queue, '--until-empty', ...flags])

async function rows(): Promise<unknown[]> {
  const found = await context.pool.query(
    'SELECT no, sku FROM orders LEFT JOIN lines ON order_no = no ORDER BY 1, 2',
  )
  return found.rows
}

it('drains one queue into several tables, and says so everywhere', async () => {
  const {code, json} = await work(...routes)
  expect(code).toBe(3)
  const nothing = {alreadyThere: 0, suppressed: 0}
  expect(json).toMatchObject({
    table: `${tables.orders}, ${tables.lines}`,
    inserted: 2,
    deadLettered: 3,
    tables: {
      [tables.orders]: {...nothing, inserted: 1, deadLettered: 1},
      [tables.lines]: {...nothing, inserted: 1, deadLettered: 2},
    },
    foreignKeys: null,
    foreignKeysByTable: {[tables.orders]: {way: 'none'}, [tables.lines]: {way: 'set'}},
  })
  const list = await cli(['dlq', 'list', '-q', queue])
  expect(list.stdout).toContain(`invalid 22P02  total in ${tables.orders}`)
  const ofLines = await cliJson(['dlq', 'list', '-q', queue, '--where', `table:${tables.lines}`])
  expect(ofLines.json.groups.map((group: {code: string}) => group.code).sort()).toEqual([
    '23502',
    'PARENT_REFUSED',
  ])
  expect(await context.pool.query('SELECT FROM qtool.applied_lease WHERE queue = $1', [queue])).toMatchObject(
    {
      rowCount: 1,
    },
  )
})

it('diagnoses dead letters with the routes of the queue, and replays them into their tables', async () => {
  await work(...routes)
  const before = await cliJson(['dlq', 'diagnose', '-q', queue])
  expect(before.json).toMatchObject({matched: 3, passing: 0, failing: 3})
  const found = before.json.obstacles.map(
    ({table, code}: {table: string; code: string}) => `${table} ${code}`,
  )
  expect(found.sort()).toEqual(
    [`${tables.lines} 23502`, `${tables.lines} PARENT_REFUSED`, `${tables.orders} 22P02`].sort(),
  )
  await context.pool.query('ALTER TABLE orders ALTER total TYPE text')
  await context.pool.query("ALTER TABLE lines ALTER sku SET DEFAULT 'z', ALTER sku DROP NOT NULL")
  const after = await cliJson(['dlq', 'diagnose', '-q', queue])
  expect(after.json).toMatchObject({matched: 3, passing: 3})
  await cli(['dlq', 'replay', '-q', queue])
  expect((await work()).json).toMatchObject({inserted: 3, alreadyThere: 0, deadLettered: 0})
  expect(await rows()).toEqual([
    {no: 1, sku: 'a'},
    {no: 1, sku: null},
    {no: 2, sku: 'b'},
  ])
})

it('keeps the routes with the queue, and refuses others', async () => {
  await work(...routes)
  const other = await work('--route', `order:${tables.orders}`)
  expect(other).toMatchObject({code: 2, json: {error: {code: 'OTHER_TABLE'}}})
  const swapped = await work('--route', `orders[]:${tables.orders}`, '--route', `lines[]:${tables.lines}`)
  expect(swapped).toMatchObject({code: 2, json: {error: {code: 'OTHER_MAPPING'}}})
  expect(await work('--table', tables.orders)).toMatchObject({code: 2, json: {error: {code: 'OTHER_TABLE'}}})
  expect(await work('--table', tables.orders, '--rebind')).toMatchObject({
    code: 0,
    json: {table: tables.orders},
  })
})

it('takes routes from the environment, unless a table is named closer to the command', async () => {
  const env = cliEnv({QTOOL_ROUTE: `order:${tables.orders}\nlines[]:${tables.lines}`})
  const named = await cliJson(['work', '-q', queue, '--until-empty', '--table', tables.orders], {env})
  expect(named.json).toMatchObject({table: tables.orders})
  const {queue: second} = context.newQueue()
  const routed = await cliJson(['work', '-q', second, '--until-empty'], {env})
  expect(routed.json).toMatchObject({table: `${tables.orders}, ${tables.lines}`})
})

it.each([
  [['--route', 'order'], 'expected --route to be SELECTOR:TABLE, got "order"'],
  [['--route', 'a[][].b:t'], 'expected --route to be SELECTOR:TABLE, got "a[][].b:t"'],
  [['--route', '*:a', '--route', '*:b'], 'two routes take the same records: *:a and *:b'],
  [['--route', '*:a', '--table', 'b'], 'a table and routes exclude each other, and both were named'],
])('refuses %j', async (flags, message) => {
  expect(await work(...flags)).toMatchObject({code: 2, json: {error: {message}}})
})

import {beforeEach, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const ROUTES = ['type=line:lines', 'type=order:orders', 'type=refund:orders']

const context = useServers()

beforeEach(async () => {
  await context.pool.query('DROP TABLE IF EXISTS lines, orders, others')
  await context.pool.query('CREATE TABLE orders (no int PRIMARY KEY, type text)')
  await context.pool.query('CREATE TABLE lines (order_no int REFERENCES orders, sku text, type text)')
  await context.pool.query('CREATE TABLE others (type text, raw jsonb)')
})

async function count(table: string): Promise<number> {
  const {rows} = await context.pool.query(`SELECT count(*)::int AS n FROM ${table}`)
  return rows[0].n
}

const line = (order: number, sku: unknown = 'a') => ({type: 'line', order_no: order, sku})

it('sends each record to the table of its field, children after parents whatever their order', async () => {
  const items = [line(1), line(2), {type: 'refund', no: 2}, {type: 'order', no: 1}]
  const {tally, letters} = await drainRouted(context, await routedSinks(context, ROUTES), items)
  expect(letters).toEqual([])
  const {schema} = context
  const nothing = {alreadyThere: 0, suppressed: 0, deadLettered: 0}
  expect(tally.tables).toMatchObject({
    [`${schema}.orders`]: {...nothing, inserted: 2},
    [`${schema}.lines`]: {...nothing, inserted: 2},
  })
})

it('sorts the records of an envelope, too, and keeps their bytes in dead letters', async () => {
  const bad = '{"type":"line","order_no": 7 ,"sku":"a"}'
  const items = [`{"points":[{"type":"order","no":1},${JSON.stringify(line(1))},${bad}]}`]
  const {tally, letters} = await drainRouted(context, await routedSinks(context, ROUTES), items)
  expect(tally).toMatchObject({inserted: 2, deadLettered: 1})
  expect(letters).toMatchObject([{code: '23503', payload: bad, table: `${context.schema}.lines`}])
})

it.each([
  ['{"type":"\\u006cine","sku":"a"}', ['type=line:lines']],
  ['{"type":"li\\"ne","sku":"a"}', ['type=li"ne:lines']],
  ['{"kind":{"no":7},"sku":"a"}', ['kind.no=7:lines']],
  ['{"kind":"7","sku":"a"}', ['kind=7:lines']],
  ['{"kind":true,"sku":"a"}', ['kind=true:lines']],
  ['{"kind":"a:b=c","sku":"a"}', ['kind=a:b=c:lines']],
  ['{"kind":[1],"sku":"a"}', ['kind=x:others', '*:lines']],
  ['{"type":"other","sku":"a"}', ['type=line:others', '*:lines']],
])('finds the value of %s', async (text, routes) => {
  const {letters} = await drainRouted(context, await routedSinks(context, routes), [text])
  expect(letters).toEqual([])
  expect(await count('lines')).toBe(1)
})

it.each([
  ['{"type":"x"}', 'it has \\"x\\" in \\"type\\"'],
  ['{"kind":"line"}', 'it has no \\"type\\"'],
])('makes a dead letter of a record that no route takes: %s', async (text, why) => {
  const {letters} = await drainRouted(context, await routedSinks(context, ROUTES), [text])
  expect(letters).toMatchObject([{reason: 'invalid', code: 'NO_ROUTE', payload: text}])
  expect(JSON.stringify(letters[0].message)).toContain(why)
  expect(letters[0]).not.toHaveProperty('table')
})

it('maps each table by the parts of the mapping that are about its columns', async () => {
  const options = {rename: {number: 'no', article: 'sku'}, map: {raw: '$'}}
  const routes = [...ROUTES, '*:others']
  const items = [
    {type: 'order', number: 1},
    {type: 'line', order_no: 1, article: 'x'},
    {type: 'note', a: 1},
  ]
  const {letters} = await drainRouted(context, await routedSinks(context, routes, options), items)
  expect(letters).toEqual([])
  const {rows} = await context.pool.query(
    'SELECT (SELECT no FROM orders), (SELECT sku FROM lines), (SELECT raw FROM others)',
  )
  expect(rows).toEqual([{no: 1, sku: 'x', raw: {type: 'note', a: 1}}])
})

it.each([
  [{rename: {a: 'nowhere'}}, /--rename a=nowhere: none of .*orders.* has a writable column "nowhere"/],
  [{rename: {}, key: ['no']}, /--key names "no", which .*lines does not have/],
])('refuses a mapping that fits no table: %j', async (options, message) => {
  await expect(routedSinks(context, ROUTES, options)).rejects.toThrow(message)
})

it('goes on with COPY into one table while the other keeps refusing rows', async () => {
  await context.pool.query('INSERT INTO orders VALUES (1)')
  const sinks = await routedSinks(context, ROUTES)
  const items = Array.from({length: 20}, (_, i) => [{type: 'order', no: 1, n: i}, line(1, `s${i}`)]).flat()
  const {tally} = await drainRouted(context, sinks, items, {batch: 4})
  expect(tally).toMatchObject({inserted: 20, alreadyThere: 20})
  const [orders, lines] = sinks.all.map(({experience}) => experience.copies.failures)
  expect(orders).toBeGreaterThan(0)
  expect(lines).toBe(0)
})

import {beforeEach, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS lines, customers, orders;
CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE customers (name text); CREATE TABLE lines (order_id int, n int)`)
})

const ROUTES = ['orders[]:orders', 'orders[].customer:customers', 'orders[].lines[]:lines']
const options = {map: {order_id: '$parent.id'}}

async function drained(item: string, routes = ROUTES) {
  const {tally, letters} = await drainRouted(context, await routedSinks(context, routes, options), [item])
  const said = letters.map(({code, message, payload}) => ({code, message, payload}))
  return {inserted: tally.inserted, empty: tally.empty, said}
}

const shape = (message: string, payload: string) => ({code: 'SHAPE', message, payload})

it('says of each wrong place where it is, once, and writes everything else', async () => {
  const item =
    '{"orders":[{"id":1,"lines":7},null,{"id":2,"customer":[],"lines":[{"n":1},"x",{"n":2}]},[3]],"other":1}'
  const {inserted, said} = await drained(item)
  expect(inserted).toBe(4)
  expect(said).toEqual(
    expect.arrayContaining([
      shape(
        'expected a JSON array in "orders[0].lines", got 7',
        '{"orders":[{"id":1,"lines":7}],"$qtool_route":"orders[].lines[]"}',
      ),
      shape('expected a JSON object in the envelope, at "orders[1]", got null', '{"orders":[null]}'),
      shape(
        'expected a JSON object in "orders[2].customer", got []',
        '{"orders":[{"customer":[]}],"$qtool_route":"orders[].customer"}',
      ),
      shape(
        'expected a JSON object in the envelope, at "orders[2].lines[1]", got "x"',
        '{"orders":[{"id":2,"lines":["x"]}],"$qtool_route":"orders[].lines[]"}',
      ),
      shape('expected a JSON object in the envelope, at "orders[3]", got [3]', '{"orders":[[3]]}'),
    ]),
  )
  expect(said).toHaveLength(5)
})

it.each([
  ['{"orders":"none"}', 'expected a JSON array in "orders", got "none"'],
  ['{"orders":{}}', 'expected a JSON array in "orders", got {}'],
])('%s is one dead letter, however many routes lead there', async (item, message) => {
  expect(await drained(item)).toEqual({inserted: 0, empty: 0, said: [shape(message, item)]})
})

it.each([
  ['{"orders":[]}', 0, 1],
  ['{"orders":[{"id":1,"lines":[]}]}', 1, 0],
  ['{"orders":[{"id":1,"lines":null,"customer":null}]}', 1, 0],
])('%s is in order', async (item, inserted, empty) => {
  expect(await drained(item)).toEqual({inserted, empty, said: []})
})

it.each([
  ['{"orders":null}', 'it has no "orders[].lines"'],
  ['{"other":[]}', 'it has no "orders[].lines"'],
  ['{"orders":[{"id":1},{"lines":null}]}', 'it has no "orders[].lines"'],
])('%s has nothing for the only route', async (item, why) => {
  const {said} = await drained(item, ['orders[].lines[]:lines'])
  expect(said).toMatchObject([{code: 'NO_ROUTE', payload: item}])
  expect(said[0].message).toContain(why)
})

it('takes an object or a list where both have routes, and tells what it expected of anything else', async () => {
  const routes = ['line:lines', 'line[]:lines']
  expect(await drained('{"line":{"n":1}}', routes)).toMatchObject({inserted: 1, said: []})
  expect(await drained('{"line":[{"n":1},{"n":2}]}', routes)).toMatchObject({inserted: 2, said: []})
  const {said} = await drained('{"line":5}', routes)
  expect(said).toMatchObject([{message: 'expected a JSON array or object in "line", got 5'}])
})

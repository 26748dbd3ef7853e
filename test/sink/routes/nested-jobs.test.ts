import {beforeEach, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS lines, orders;
CREATE TABLE orders (id int PRIMARY KEY); CREATE TABLE lines (order_id int REFERENCES orders, n int)`)
})

const open = (records: string) =>
  routedSinks(context, ['lines[]:lines', '$:orders'], {
    payload: 'sidekiq',
    records,
    map: {order_id: '$parent.id'},
  })

const order = (id: number, ...lines: unknown[]) => ({id, lines: lines.map((n) => ({n}))})
const job = (jid: string, argument: unknown) => JSON.stringify({class: 'Save', args: [argument], jid})

it.each([
  ['a list of orders', [order(1, 1, 2), order(2, 3)], [order(3, 4), order(4, 'x')]],
  ['an order', order(1, 1, 2, 3), order(3, 'x')],
])('takes jobs of %s apart, and refuses one as a whole', async (_, good, bad) => {
  const wrong = job('b', bad)
  const {tally, letters} = await drainRouted(context, await open('args.0'), [job('a', good), wrong])
  expect(letters).toMatchObject([{code: '22P02', payload: wrong}])
  expect(tally.deadLettered).toBe(1)
  const {rows} = await context.pool.query('SELECT n, order_id < 3 AS good FROM lines ORDER BY n')
  expect(rows).toEqual([1, 2, 3].map((n) => ({n, good: true})))
})

import {beforeAll, describe, expect, it} from 'vitest'
import {diagnoseLetters} from '../../src/letters/diagnose.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {testSink, useServers, withClient} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const {signal} = new AbortController()

beforeAll(async () => {
  await context.pool.query(`CREATE TABLE customer (no int PRIMARY KEY);
CREATE TABLE product (sku text PRIMARY KEY);
CREATE TABLE orders (
  no int PRIMARY KEY,
  customer int REFERENCES customer,
  product text REFERENCES product,
  up int REFERENCES orders,
  amount numeric CHECK (amount > 0),
  placed_at timestamptz,
  note text NOT NULL,
  pieces int NOT NULL
);
INSERT INTO customer VALUES (1);
INSERT INTO product VALUES ('a')`)
})

const GOOD = {customer: 1, product: 'a', amount: 5, placed_at: '2026-11-26T10:00:00Z', note: 'n', pieces: 1}

/** What stands in the way of records, each as `place letters alone`. @param records a text is a payload as it stands */
async function obstacles(records: Array<object | string>, judgesTypes: boolean) {
  const at = context.newQueue()
  const sink = await testSink(context, 'orders')
  // As on servers before Postgres 16
  if (!judgesTypes) Object.assign(sink, {judgesTypes: false})
  const textOf = (record: object, no: number) => JSON.stringify({no, ...GOOD, ...record})
  const payloads = records.map((record, n) => ({
    payload: typeof record === 'string' ? record : textOf(record, n),
  }))
  await seedLetters(context, at, payloads)
  const found = await withClient(context, (client) =>
    diagnoseLetters(at.engine.letters, client, new Sinks([sink]), {filter: {}, show: 20, signal}),
  )
  const said = found.obstacles.map((one) => `${one.constraint ?? one.column} ${one.letters} ${one.alone}`)
  return {...found, said: said.sort()}
}

describe.each([true, false])('a letter with several obstacles (whole-set queries: %s)', (judgesTypes) => {
  it.each([
    [{customer: 2, product: 'b'}, ['orders_customer_fkey', 'orders_product_fkey']],
    [{customer: 2, amount: -1}, ['orders_amount_check', 'orders_customer_fkey']],
    [{amount: '1,5', placed_at: 1764150000}, ['amount', 'placed_at']],
    [{amount: '1,5', customer: 2}, ['amount', 'orders_customer_fkey']],
    [
      {placed_at: 'x', amount: '1,5', note: null, product: 'b'},
      ['amount', 'note', 'orders_product_fkey', 'placed_at'],
    ],
    [{note: null, customer: 2}, ['note', 'orders_customer_fkey']],
    // A wrong value says nothing of the check or the parent that it would meet
    [{customer: 'x'}, ['customer']],
    [{amount: 'x'}, ['amount']],
    [{pieces: 'x'}, ['pieces']],
    [{note: null}, ['note']],
  ])('%j meets %j', async (record, places) => {
    const {said, failing, several} = await obstacles([record], judgesTypes)
    expect(said).toEqual(places.map((place) => `${place} 1 ${places.length === 1 ? 1 : 0}`))
    expect([failing, several]).toEqual([1, places.length === 1 ? 0 : 1])
  })

  it.each(['{"no":1,"cust', '{"nothing":1}'])(
    'counts the record of a letter without a column once: %s',
    async (payload) => {
      const {obstacles: found} = await obstacles([payload], judgesTypes)
      expect(found.map(({letters, alone, records}) => [letters, alone, records])).toEqual([[1, 1, 1]])
    },
  )

  it('takes no parent for missing that is among the letters', async () => {
    expect((await obstacles([{}, {up: 0, amount: -1}], judgesTypes)).said).toEqual([
      'orders_amount_check 1 1',
    ])
  })
})

it('rolls missing parents up by key, the most wanted first, and counts records besides letters', async () => {
  const at = context.newQueue()
  const sink = await testSink(context, 'orders')
  const order = (no: number, more: object) => JSON.stringify({no, ...GOOD, ...more})
  const missing = [7, 7, 8].map((customer, n) => ({payload: order(100 + n, {customer})}))
  await seedLetters(context, at, [...missing, {payload: order(200, {customer: 7, product: 'b'})}])
  const envelope = `{"points":[${order(300, {customer: 8})},${order(301, {customer: 8})},${order(302, {})}]}`
  await context.redis.zadd(at.keys.dead, 5, envelope)
  const found = await withClient(context, (client) =>
    diagnoseLetters(at.engine.letters, client, new Sinks([sink]), {filter: {}, show: 20, signal}),
  )
  expect(found).toMatchObject({matched: 5, passing: 0, failing: 5, several: 1})
  expect(found.obstacles[0]).toMatchObject({
    constraint: 'orders_customer_fkey',
    parent: 'customer',
    letters: 5,
    alone: 4,
    records: 6,
    distinct: 2,
    top: [
      {value: '7', letters: 3, records: 3},
      {value: '8', letters: 2, records: 3},
    ],
  })
  expect(found.obstacles[1]).toMatchObject({constraint: 'orders_product_fkey', letters: 1, alone: 0})
})

it('shows the values of an error only where all its records have the same', async () => {
  const {obstacles: found} = await obstacles(
    [{pieces: 'one'}, {pieces: 'two'}, {customer: 'x'}, {customer: 'x'}],
    true,
  )
  expect(found.map(({column, error}) => [column, error]).sort()).toEqual([
    ['customer', 'invalid input syntax for type integer: "x"'],
    ['pieces', 'invalid input syntax for type integer: "…"'],
  ])
})

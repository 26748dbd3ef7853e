import {beforeEach, describe, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS lines, customers, orders;
CREATE TABLE orders (id int PRIMARY KEY, note text);
CREATE TABLE customers (order_id int, name text);
CREATE TABLE lines (order_id int REFERENCES orders, n int)`)
})

const LISTED = ['orders[]:orders', 'orders[].customer:customers', 'orders[].lines[]:lines']
const WHOLE = ['$:orders', 'customer:customers', 'lines[]:lines']
const BY_PARENT = {map: {order_id: '$parent.id'}}

async function rows(table: string): Promise<unknown[]> {
  const found = await context.pool.query({text: `SELECT * FROM ${table} ORDER BY 1, 2`, rowMode: 'array'})
  return found.rows
}

describe('an envelope of orders, each with members for other tables', () => {
  const item = {
    orders: [
      {id: 1, note: 'a', customer: {name: 'x'}, lines: [{n: 1}, {n: 2}]},
      {id: 2, lines: []},
      {id: 3, customer: {name: 'z'}, lines: null},
    ],
  }

  it('is written with what each holds, and with values of the object that holds it', async () => {
    const {tally, letters} = await drainRouted(context, await routedSinks(context, LISTED, BY_PARENT), [item])
    expect(letters).toEqual([])
    expect(tally).toMatchObject({items: 1, inserted: 7})
    expect(await rows('orders')).toEqual([
      [1, 'a'],
      [2, null],
      [3, null],
    ])
    expect(await rows('customers')).toEqual([
      [1, 'x'],
      [3, 'z'],
    ])
    expect(await rows('lines')).toEqual([
      [1, 1],
      [1, 2],
    ])
  })

  it('has no unknown keys for it, even with --strict; others are unknown as ever', async () => {
    const sinks = await routedSinks(context, LISTED, {...BY_PARENT, strict: true})
    const odd = {orders: [{id: 4, customer: {name: 'x', age: 7}, lines: [], vip: true}]}
    const {tally, letters} = await drainRouted(context, sinks, [item, odd])
    expect(tally.inserted).toBe(7)
    expect(letters.map(({code, message}) => `${code} ${message}`).sort()).toEqual([
      expect.stringMatching(/^UNKNOWN_KEY key "age" matches no column of .*customers/),
      expect.stringMatching(/^UNKNOWN_KEY key "vip" matches no column of .*orders/),
    ])
  })

  it('keeps of a refused record what its route needs to find it again, and nothing else', async () => {
    const bad =
      '{"shop":7,"orders":[{"id":1,"x":[1],"customer":{"name":"c"},"lines":[{"n":1}, {"n":"bad"}]}]}'
    const {letters} = await drainRouted(context, await routedSinks(context, LISTED, BY_PARENT), [bad])
    const payload = '{"orders":[{"id":1,"x":[1],"lines":[{"n":"bad"}]}],"$qtool_route":"orders[].lines[]"}'
    expect(letters).toMatchObject([{payload, column: 'n'}])
    const again = await drainRouted(context, await routedSinks(context, LISTED, BY_PARENT), [
      payload,
      payload.replace('"bad"', '2'),
    ])
    expect(again.letters).toMatchObject([{payload}])
    expect(again.tally).toMatchObject({inserted: 1, alreadyThere: 0})
  })

  it('takes the children of a refused order along, and keeps the order without them', async () => {
    const text = '{"orders":[{"id":1, "note":{"a":1},"lines":[{"n":1}], "customer":{"name":"c"}}]}'
    await context.pool.query('ALTER TABLE orders ALTER note TYPE int USING NULL')
    const {tally, letters} = await drainRouted(context, await routedSinks(context, LISTED, BY_PARENT), [text])
    expect(tally).toMatchObject({inserted: 1, deadLettered: 2})
    expect(letters.map(({code, payload}) => [code, payload]).sort()).toEqual([
      ['22P02', '{"orders":[{"id":1, "note":{"a":1}}],"$qtool_route":"orders[]"}'],
      [
        'PARENT_REFUSED',
        '{"orders":[{"id":1, "note":{"a":1},"lines":[{"n":1}]}],"$qtool_route":"orders[].lines[]"}',
      ],
    ])
  })
})

describe('an item that is the parent itself', () => {
  it('goes into the table of $, and its members into theirs', async () => {
    const items = [{id: 1, customer: {name: 'x'}, lines: [{n: 1}, {n: 2}]}, {id: 2, lines: []}, {id: 3}]
    const sinks = await routedSinks(context, WHOLE, {...BY_PARENT, strict: true})
    const {tally, letters} = await drainRouted(context, sinks, items)
    expect(letters).toEqual([])
    expect(tally).toMatchObject({items: 3, inserted: 6})
    expect(await rows('orders')).toEqual([1, 2, 3].map((id) => [id, null]))
    expect(await rows('lines')).toEqual([
      [1, 1],
      [1, 2],
    ])
  })

  it('does so in the envelopes that enqueue --group makes, too', async () => {
    const sinks = await routedSinks(context, WHOLE, {map: {order_id: '$parent.id', note: '$envelope.shop'}})
    const bad =
      '{"shop":"s","points":[{"id":1,"lines":[{"n":1},{"n":"x"}]},{"id":2},{"id":"y","lines":[{"n":5}]}]}'
    const {tally, letters} = await drainRouted(context, sinks, [bad])
    expect(tally).toMatchObject({inserted: 3, deadLettered: 3})
    expect(await rows('orders')).toEqual([
      [1, 's'],
      [2, 's'],
    ])
    expect(letters.map(({payload}) => payload).sort()).toEqual([
      '{"id":"y","lines":[{"n":5}],"$qtool_route":"lines[]"}',
      '{"id":1,"lines":[{"n":"x"}],"$qtool_route":"lines[]"}',
      '{"shop":"s","points":[{"id":"y"}],"$qtool_route":"points[].$"}',
    ])
    const mended = letters.map(({payload}) => String(payload).replace('"x"', '2').replace('"y"', '9'))
    const again = await drainRouted(context, sinks, mended)
    expect(again.letters).toEqual([])
    expect(again.tally).toMatchObject({inserted: 3})
    expect(await rows('orders')).toContainEqual([9, 's'])
    expect(await rows('lines')).toEqual([
      [1, 1],
      [1, 2],
      [9, 5],
    ])
  })

  it('stays whole where a column takes all of it, or a member that another table takes', async () => {
    await context.pool.query('ALTER TABLE orders ADD raw text, ADD lines jsonb')
    const sinks = await routedSinks(context, WHOLE, {map: {...BY_PARENT.map, raw: '$'}})
    const text = '{"id":"x", "lines":[{"n":1}] , "points":[1] }'
    const {letters} = await drainRouted(context, sinks, [text])
    const kept = letters.find(({table}) => String(table).endsWith('orders'))?.payload
    expect(kept).toBe('{"id":"x", "lines":[{"n":1}] , "points":[1],"$qtool_route":"$" }')
    const again = await drainRouted(context, sinks, [String(kept).replace('"x"', '1')])
    expect(again.letters).toEqual([])
    expect(await rows('orders')).toEqual([[1, null, text.replace('"x"', '1'), [{n: 1}]]])
    expect(await rows('lines')).toEqual([])
  })

  it('loses nothing because of a key "$route" of its own', async () => {
    const item = {$route: 'customer', id: 1, customer: {name: 'x'}, lines: [{n: 1}]}
    const {tally, letters} = await drainRouted(context, await routedSinks(context, WHOLE, BY_PARENT), [item])
    expect(letters).toEqual([])
    expect(tally.inserted).toBe(3)
  })

  it('is a dead letter if its $qtool_route names no route here', async () => {
    const text = '{"id":1,"$qtool_route":"items[]"}'
    const {letters} = await drainRouted(context, await routedSinks(context, WHOLE, BY_PARENT), [text])
    expect(letters).toMatchObject([{code: 'NO_ROUTE', payload: text}])
    expect(letters[0].message).toContain('leaves it to "items[]"')
  })
})

it('refuses a value of a parent for tables whose records have none', async () => {
  await expect(routedSinks(context, WHOLE, {map: {note: '$parent.id'}})).rejects.toThrow(
    /--map note=\$parent.id: the records for .*orders are items themselves, and have no parent/,
  )
})

describe('a mapping for one table alone', () => {
  it('leaves the others as they are, and goes before one for all', async () => {
    await context.pool.query('ALTER TABLE orders ADD order_id int; ALTER TABLE customers ADD "a:b" text')
    const map = {
      [`${context.schema}.lines:order_id`]: '$parent.id',
      order_id: '"7"',
      [`"${context.schema}"."customers":order_id`]: '$parent.note',
      'a:b': '"x"',
    }
    const sinks = await routedSinks(context, LISTED, {map})
    const item = {orders: [{id: 1, note: '9', customer: {name: 'c'}, lines: [{n: 1}]}]}
    const {letters} = await drainRouted(context, sinks, [item])
    expect(letters).toEqual([])
    expect(await rows('orders')).toEqual([[1, '9', 7]])
    expect(await rows('customers')).toEqual([[9, 'c', 'x']])
    expect(await rows('lines')).toEqual([[1, 1]])
  })

  it.each([
    ['pg_catalog.pg_class:relname', /names the table pg_catalog.pg_class, which no route leads to/],
    ['nowhere:id', /names the table nowhere, which no route leads to/],
    ['SCHEMA.lines:note', /--map note=\$parent.id: .*lines.* has no writable column "note"/],
    ['SCHEMA.orders:id', /the records for .*orders are items themselves, and have no parent/],
  ])('is refused for %s', async (name, message) => {
    const map = {[name.replace('SCHEMA', context.schema)]: '$parent.id'}
    await expect(routedSinks(context, WHOLE, {map})).rejects.toThrow(message)
  })
})

import {beforeEach, describe, expect, it} from 'vitest'
import {useServers} from '../../support/context.ts'
import {type Line, type Order, oddText, randomOrders} from '../../support/nested-items.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()
const SEEDS = [1, 2, 3, 4, 5, 6]
const ORDERS = 24
const IN_ONE = {batch: 10_000}
/** A parent that comes back in another lease may be there later than its child. */
const PATIENT = {...IN_ONE, foreignKeys: {retries: 20, delayMs: 10}}

/** Without keys, a child that is written twice is there twice. */
beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS parts, lines, customers, orders;
CREATE TABLE orders (id int PRIMARY KEY, total int, shop text);
CREATE TABLE customers (order_id int, name text NOT NULL);
CREATE TABLE lines (order_id int REFERENCES orders, no int, qty smallint, shop text);
CREATE TABLE parts (line_no int, code smallint)`)
})

const MEND = `ALTER TABLE orders ALTER total TYPE text; ALTER TABLE customers ALTER name DROP NOT NULL;
ALTER TABLE lines ALTER qty TYPE text; ALTER TABLE parts ALTER code TYPE int`

const MAP = {order_id: '$parent.id', line_no: '$parent.no', shop: '$envelope.shop'}
const MEMBERS = ['customer:customers', 'lines[].parts[]:parts', 'lines[]:lines']

/** How orders stand in items, and which shop the mapping finds around an order and around what is in it. */
const WAYS = [
  {
    name: 'lists of an envelope',
    routes: [...MEMBERS.map((route) => `data.orders[].${route}`), 'data.orders[]:orders'],
    items: (orders: Order[]) => inThrees(orders).map((some) => ({shop: 's', data: {orders: some, x: 1}})),
    shops: {orders: 's', lines: 's'},
  },
  {
    name: 'items themselves',
    routes: [...MEMBERS, '$:orders'],
    items: (orders: Order[]) => orders.map((order) => ({...order, shop: 't', note: {a: [1]}})),
    shops: {orders: null, lines: 't'},
  },
  {
    name: 'records of envelopes',
    routes: [...MEMBERS, '$:orders'],
    items: (orders: Order[]) => inThrees(orders).map((points) => ({points, shop: 'u'})),
    shops: {orders: 'u', lines: 'u'},
  },
]

function inThrees<T>(all: T[]): T[][] {
  return Array.from({length: Math.ceil(all.length / 3)}, (_, i) => all.slice(3 * i, 3 * i + 3))
}

/** What must be in the tables, as texts, by a plain walk. @param isMended the tables take every value */
function wanted(
  orders: Order[],
  {orders: ofOrder, lines: ofLine}: {orders: string | null; lines: string},
  isMended: boolean,
) {
  const rows = {
    orders: [] as string[],
    customers: [] as string[],
    lines: [] as string[],
    parts: [] as string[],
  }
  const wrong: string[] = []
  for (const {id, total, customer, lines} of orders) {
    const isThere = isMended || typeof total === 'number'
    if (isThere) rows.orders.push(`${id} ${total} ${ofOrder}`)
    if (typeof customer === 'string') wrong.push('customer')
    else if (customer && (isMended || customer.name !== null)) rows.customers.push(`${id} ${customer.name}`)
    if (typeof lines === 'number') wrong.push('lines')
    for (const line of Array.isArray(lines) ? lines : []) {
      if (line === null) wrong.push('lines[]')
      else {
        if (isThere && (isMended || typeof line.qty === 'number')) {
          rows.lines.push(`${id} ${line.no} ${line.qty} ${ofLine}`)
        }
        addParts(line, rows.parts, wrong, isMended)
      }
    }
  }
  const sorted = Object.entries(rows).map(([table, of]) => [table, of.sort()])
  return {rows: Object.fromEntries(sorted) as typeof rows, wrong: wrong.sort()}
}

function addParts({no, parts = []}: Line, rows: string[], wrong: string[], isMended: boolean): void {
  for (const part of parts) {
    if (typeof part === 'number') wrong.push('parts[]')
    else if (isMended || part.code < 32_768) rows.push(`${no} ${part.code}`)
  }
}

async function found() {
  const tables = await Promise.all(
    ['orders', 'customers', 'lines', 'parts'].map(async (table) => {
      const {rows} = await context.pool.query({text: `SELECT * FROM ${table}`, rowMode: 'array'})
      return [table, rows.map((row) => row.map(String).join(' ')).sort()]
    }),
  )
  return Object.fromEntries(tables)
}

/** The last name of the place that a message tells, without positions. */
const placesOf = (letters: Array<Record<string, unknown>>) =>
  letters
    .map(({message}) => /([a-z]+)(\[\d+\])?", got/.exec(String(message)))
    .map((match) => `${match?.[1]}${match?.[2] ? '[]' : ''}`)
    .sort()

const count = ({rows}: ReturnType<typeof wanted>) => Object.values(rows).flat().length

describe.each(WAYS)('orders that are $name', ({routes, items, shops}) => {
  it.each(SEEDS)('go where a plain walk says, and back from all dead letters (seed %i)', async (seed) => {
    const orders = randomOrders(seed, ORDERS)
    const texts = items(orders).map((item, i) => oddText(item, seed * 100 + i))
    const [before, after] = [wanted(orders, shops, false), wanted(orders, shops, true)]
    const open = () => routedSinks(context, routes, {map: MAP, strict: false})
    const first = await drainRouted(context, await open(), texts, IN_ONE)
    expect(await found()).toEqual(before.rows)
    expect(first.tally.inserted).toBe(count(before))
    expect(first.letters).toHaveLength(count(after) - count(before) + after.wrong.length)
    const misshapen = (letters: typeof first.letters) => letters.filter(({code}) => code === 'SHAPE')
    expect(placesOf(misshapen(first.letters))).toEqual(before.wrong)

    const second = await drainRouted(context, await open(), payloads(first.letters), IN_ONE)
    expect(await found()).toEqual(before.rows)
    expect(payloads(second.letters)).toEqual(payloads(first.letters))

    await context.pool.query(MEND)
    const third = await drainRouted(context, await open(), payloads(second.letters), PATIENT)
    expect(await found()).toEqual(after.rows)
    expect(third.tally).toMatchObject({inserted: count(after) - count(before), alreadyThere: 0})
    expect(payloads(third.letters)).toEqual(payloads(misshapen(first.letters)))
  })
})

/** Equal ones are one item in a queue. */
const payloads = (letters: Array<Record<string, unknown>>) =>
  [...new Set(letters.map(({payload}) => String(payload)))].sort()

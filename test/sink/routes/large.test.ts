import {beforeEach, expect, it, vi} from 'vitest'
import {JsonScanner} from '../../../src/json/scanner.ts'
import {Items} from '../../../src/record/items.ts'
import {plainItems} from '../../../src/record/payload/read-items.ts'
import {useServers} from '../../support/context.ts'
import {drainRouted, routedSinks} from '../../support/routed.ts'

const context = useServers()
const MIB = 1024 * 1024

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS lines, orders;
CREATE TABLE orders (id text PRIMARY KEY, raw jsonb);
CREATE TABLE lines (order_id text REFERENCES orders, shop text, n smallint, text text)`)
})

const ROUTES = ['orders[]:orders', 'orders[].lines[]:lines']
const AROUND = {map: {order_id: '$parent.id', shop: '$envelope.shop'}}

/** An item with so many lines in each of so many orders. */
function item(orders: number, lines: number, n = (line: number) => line): string {
  const all = Array.from({length: orders}, (_, id) => ({
    id: String(id),
    lines: Array.from({length: lines}, (_, line) => ({n: n(line), text: 'x'.repeat(80)})),
  }))
  return JSON.stringify({shop: 's', orders: all})
}

it('takes a megabyte of 10,000 lines, and keeps each that is refused by itself', async () => {
  const text = item(1, 10_000, (line) => (line % 100 === 7 ? 70_000 : line))
  expect(text.length).toBeGreaterThan(0.9 * MIB)
  const {tally, letters} = await drainRouted(context, await routedSinks(context, ROUTES, AROUND), [text])
  expect(tally).toMatchObject({items: 1, inserted: 9901, deadLettered: 100})
  const kept = new Set(letters.map(({payload}) => String(payload)))
  const bad = JSON.stringify({n: 70_000, text: 'x'.repeat(80)})
  expect([...kept]).toEqual([
    `{"shop":"s","orders":[{"id":"0","lines":[${bad}]}],"$qtool_route":"orders[].lines[]"}`,
  ])
})

it.each([
  ['in one order', (lines: number) => item(1, lines)],
  ['in an order each', (lines: number) => item(lines, 1)],
])('looks at each value a fixed number of times, however many lines there are %s', async (_, make) => {
  const sinks = await routedSinks(context, ROUTES, AROUND)
  const looks = (lines: number) => {
    const read = plainItems(Items.from([Buffer.from(make(lines))]))
    const value = vi.spyOn(JsonScanner.prototype, 'value')
    try {
      const parts = sinks.decode(read, () => 'careful')
      for (const {lease} of parts.all) for (let i = 0; i < lease.count; i++) lease.kept(i)
      return value.mock.calls.length
    } finally {
      value.mockRestore()
    }
  }
  expect(looks(800) / looks(200)).toBeLessThan(4.2)
})

it('brings an item of the largest size back, though its mark makes it longer', async () => {
  const sinks = await routedSinks(context, ['$:orders', 'lines[]:lines'], {map: {raw: '$'}})
  const start = '{"lines":[],"id":{},"note":"'
  const text = `${start}${'x'.repeat(MIB - start.length - 2)}"}`
  await context.pool.query(
    'ALTER TABLE lines DROP CONSTRAINT lines_order_id_fkey; ALTER TABLE orders ALTER id TYPE int USING NULL',
  )
  const first = await drainRouted(context, sinks, [text])
  expect(first.letters).toMatchObject([{code: '22P02'}])
  const payload = String(first.letters[0].payload)
  expect(payload.length).toBeGreaterThan(MIB)
  const again = await drainRouted(context, sinks, [payload, payload.replace('"id":{}', '"id":12')])
  expect(again.letters).toMatchObject([{code: '22P02', payload}])
  const {rows} = await context.pool.query(
    "SELECT length(raw->>'note') AS n, raw ? '$qtool_route' AS marked FROM orders",
  )
  expect(rows).toEqual([{n: MIB - start.length - 2, marked: false}])
})

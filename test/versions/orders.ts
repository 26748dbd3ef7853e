import type {TestContext} from '../support/context.ts'

/** A table with most of the reasons to refuse a record: types, lengths, ranges, NOT NULL, a check and a parent. */
export const ORDERS = `
CREATE TABLE customers (id int PRIMARY KEY);
INSERT INTO customers SELECT generate_series(0, 99);
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer int NOT NULL REFERENCES customers,
  amount numeric(8,2) NOT NULL CONSTRAINT amount_positive CHECK (amount > 0),
  placed_at timestamptz,
  code varchar(5) NOT NULL DEFAULT 'none',
  tags int[],
  stay int4range,
  doc jsonb
)`

const GOOD = {
  customer: 7,
  amount: 12.5,
  placed_at: '2026-11-24T06:30:00Z',
  code: 'abc',
  tags: [1, 2],
  stay: '[1,5)',
  doc: {a: [1, null]},
}

/** Values that make a record fail, and the resulting code and reason. */
export const FAULTS: Record<string, {with: Record<string, unknown>; code: string; reason: string}> = {
  type: {with: {customer: 'seven'}, code: '22P02', reason: 'invalid'},
  range: {with: {customer: 2 ** 31}, code: '22003', reason: 'invalid'},
  precision: {with: {amount: 1_000_000}, code: '22003', reason: 'invalid'},
  day: {with: {placed_at: '2026-02-30T00:00:00Z'}, code: '22008', reason: 'invalid'},
  length: {with: {code: 'abcdef'}, code: '22001', reason: 'invalid'},
  element: {with: {tags: [1, 'two']}, code: '22P02', reason: 'invalid'},
  bounds: {with: {stay: '[5,1)'}, code: '22000', reason: 'invalid'},
  null: {with: {amount: null}, code: '23502', reason: 'constraint'},
  check: {with: {amount: -1}, code: '23514', reason: 'constraint'},
  parent: {with: {customer: 1234}, code: '23503', reason: 'foreign_key'},
}

const NAMES = Object.keys(FAULTS)

export interface Order {
  id: number
  /** Name of its fault; undefined for one that must become a row. */
  fault: string | undefined
  text: string
}

/** Orders from id `first` on; every tenth has a fault, and the faults take turns. */
export function makeOrders(count: number, first = 0): Order[] {
  return Array.from({length: count}, (_, i) => {
    const id = first + i
    const fault = i % 10 === 3 ? NAMES[Math.floor(i / 10) % NAMES.length] : undefined
    const text = JSON.stringify({id, ...GOOD, ...(fault && FAULTS[fault].with)})
    return {id, fault, text}
  })
}

/** Ids of the orders with one of these faults; undefined selects the good ones. */
export function idsWith(orders: Order[], ...faults: Array<string | undefined>): number[] {
  return orders.filter(({fault}) => faults.includes(fault)).map(({id}) => id)
}

/** The codes of the dead letters, by the ids of their records. */
export async function codesById(context: TestContext, queue: string): Promise<Map<number, string>> {
  const letters = await context.redis.zrange(`dlq:${queue}`, '0', '-1')
  return new Map(
    letters.map((letter) => JSON.parse(letter)).map((one) => [JSON.parse(one.payload).id, one.code]),
  )
}

import type {OwnSchema} from './own-schema.ts'

/** A queue of orders after a night in which several things went wrong, and the queue in which their customers wait. */
export const NIGHT_QUEUE = 'qtool_night'
export const CUSTOMER_QUEUE = 'qtool_night_customers'

export const NIGHT_SCHEMA: OwnSchema = {
  name: 'qtool_night',
  tables: ['customers', 'orders'],
  sql: `
CREATE TABLE customers (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer int NOT NULL REFERENCES customers,
  amount numeric(12, 2) NOT NULL,
  placed_at timestamptz NOT NULL
);
INSERT INTO customers SELECT i, 'customer ' || i FROM generate_series(1, 40) AS i`,
}

const ORDERS = 2000

/** Customers who signed up during the night, after those in the table. */
const FIRST_LATE = 41
const LATE = 5

/** Seconds since 1970 of the first order, and from one order to the next. */
const BEGAN = Date.parse('2026-11-26T21:00:00Z') / 1000
const EVERY = 15

/** The customers of the night, who have not reached their table yet. */
export function lateCustomers(): string[] {
  return Array.from({length: LATE}, (_, i) =>
    JSON.stringify({id: FIRST_LATE + i, name: `customer ${FIRST_LATE + i}`}),
  )
}

/**
 * The orders of the night. Of each 20, two are of customers who are not there yet, one comes from a shop that writes
 * `1.234,50`, and one from an app that writes times in ms since 1970; the last order was cut off in transit.
 */
export function nightOrders(): string[] {
  return [...Array.from({length: ORDERS}, (_, i) => orderOf(i + 1)), '{"id":2001,"customer":7,"amou']
}

function orderOf(id: number): string {
  const seconds = BEGAN + id * EVERY
  const cents = ((id * 7919) % 250_000) + 100
  const isLate = id % 20 < 2
  const customer = isLate ? FIRST_LATE + (id % LATE) : 1 + (id % 40)
  // Every 80th order has two faults at once
  const isGerman = id % 20 === 7 || id % 80 === 1
  const isApp = id % 20 === 13
  return JSON.stringify({
    id,
    customer,
    amount: isGerman ? german(cents) : (cents / 100).toFixed(2),
    placed_at: isApp ? seconds * 1000 : new Date(seconds * 1000).toISOString(),
  })
}

/** 123450 → 1.234,50 */
function german(cents: number): string {
  const whole = String(Math.floor(cents / 100)).replace(/\B(?=(\d{3})+$)/g, '.')
  return `${whole},${String(cents % 100).padStart(2, '0')}`
}

/** Letters of another service, which has written its failures under the same key. */
export function billingLetters(): string[] {
  return Array.from({length: 12}, (_, i) =>
    JSON.stringify({service: 'billing', reason: 'card_declined', invoice: 9000 + i, retries: 3}),
  )
}

/**
 * What three producers of one night put into their queues, and what is wrong with each record. Nothing here knows qtool:
 * the tests hold what qtool shows against these kinds.
 */
export interface Kind {
  /** What dead letters of this kind are told apart by. */
  reason: string
  code: string | null
  column: string | null
  constraint: string | null
}

/** A kind in words, by which figures from several places are compared. */
export function nameOf({reason, code, column, constraint}: Kind): string {
  return [reason, code, column, constraint].join(' ')
}

/** One producer, its table, and what goes wrong with its records. */
export interface Producer {
  table: string
  /** Records in one item. */
  records: number
  /** Of a thousand items, how many have a bad record of each kind; the others are good. */
  shares: Record<string, number>
  kinds: Record<string, Kind>
  make(n: number, kind: string | undefined): string
}

const invalid = (code: string, column: string): Kind => ({reason: 'invalid', code, column, constraint: null})
const constraint = (code: string, name: string): Kind => ({
  reason: 'constraint',
  code,
  column: null,
  constraint: name,
})
const orphan = (name: string): Kind => ({
  reason: 'foreign_key',
  code: '23503',
  column: null,
  constraint: name,
})

export const SCHEMA = `
CREATE TABLE customers (id int PRIMARY KEY);
CREATE TABLE orders (
  id int PRIMARY KEY,
  customer int NOT NULL CONSTRAINT orders_customer_fkey REFERENCES customers,
  amount numeric(12, 2) NOT NULL CONSTRAINT orders_amount_check CHECK (amount > 0),
  currency char(3) NOT NULL,
  placed_at timestamptz NOT NULL
);
CREATE TABLE payments (
  id int PRIMARY KEY,
  reference text NOT NULL CONSTRAINT payments_reference_key UNIQUE,
  method varchar(12) NOT NULL,
  fee numeric(6, 2) NOT NULL,
  booked_on date NOT NULL
);
CREATE TABLE devices (id int PRIMARY KEY);
CREATE TABLE positions (
  id int PRIMARY KEY,
  device int NOT NULL CONSTRAINT positions_device_fkey REFERENCES devices,
  lat float8 NOT NULL CONSTRAINT positions_lat_check CHECK (lat BETWEEN -90 AND 90),
  lon float8 NOT NULL
);
INSERT INTO customers SELECT generate_series(1, 100);
INSERT INTO devices SELECT generate_series(1, 20);
INSERT INTO payments SELECT -i, 'R' || i, 'card', 1, '2026-11-01' FROM generate_series(1, 1000) i`

/** The customers and devices that are missing: the night's ids, in the order in which they were made. */
export const LATE_CUSTOMERS = {from: 101, count: 50}
export const LATE_DEVICES = {from: 21, count: 7}

const seconds = (n: number) => 1_795_700_000 + n
const cents = (n: number) => ((n * 7919) % 900_000) + 100_001

/** 123450 → 1.234,50 */
function comma(value: number): string {
  const whole = String(Math.floor(value / 100)).replace(/\B(?=(\d{3})+$)/g, '.')
  return `${whole},${String(value % 100).padStart(2, '0')}`
}

/** A shop: flat records. Some of what is written the German way is of a late customer as well. */
const orders: Producer = {
  table: 'orders',
  records: 1,
  shares: {customer: 430, comma: 260, words: 20, epoch: 150, currency: 50, amount: 20, cut: 20},
  kinds: {
    customer: orphan('orders_customer_fkey'),
    comma: invalid('22P02', 'amount'),
    words: invalid('22P02', 'amount'),
    epoch: invalid('TS_FORMAT', 'placed_at'),
    currency: {reason: 'constraint', code: '23502', column: 'currency', constraint: null},
    amount: constraint('23514', 'orders_amount_check'),
    cut: {reason: 'malformed', code: 'JSON', column: null, constraint: null},
  },
  make(id, kind) {
    const isLate = kind === 'customer' || (kind === 'comma' && id % 10 === 3)
    const text = JSON.stringify({
      id,
      customer: isLate ? LATE_CUSTOMERS.from + (id % LATE_CUSTOMERS.count) : 1 + (id % 100),
      amount:
        kind === 'comma'
          ? comma(cents(id))
          : kind === 'words'
            ? 'on request'
            : (cents(id) / 100) * (kind === 'amount' ? -1 : 1),
      currency: kind === 'currency' ? null : 'EUR',
      placed_at: kind === 'epoch' ? seconds(id) * 1000 : new Date(seconds(id) * 1000).toISOString(),
    })
    return kind === 'cut' ? text.slice(0, -20) : text
  },
}

/** A bank: the same flat form with other keys and values. */
const payments: Producer = {
  table: 'payments',
  records: 1,
  shares: {twice: 400, method: 250, day: 300},
  kinds: {
    twice: constraint('23505', 'payments_reference_key'),
    method: invalid('22001', 'method'),
    day: invalid('TS_FORMAT', 'booked_on'),
  },
  make(id, kind) {
    return JSON.stringify({
      id,
      reference: kind === 'twice' ? `R${1 + (id % 1000)}` : `N${id}`,
      method: kind === 'method' ? 'direct debit mandate' : 'card',
      fee: '0.35',
      booked_on: kind === 'day' ? `${10 + (id % 18)}.11.2026` : '2026-11-26',
    })
  },
}

/** Trackers: two positions in an envelope, of which the second is the bad one. */
const positions: Producer = {
  table: 'positions',
  records: 2,
  shares: {device: 700, lat: 250},
  kinds: {device: orphan('positions_device_fkey'), lat: constraint('23514', 'positions_lat_check')},
  make(n, kind) {
    const good = {id: 2 * n, device: 1 + (n % 20), lat: 47.25, lon: 11.5}
    const bad = {
      id: 2 * n + 1,
      device: kind === 'device' ? LATE_DEVICES.from + (n % LATE_DEVICES.count) : 1 + (n % 20),
      lat: kind === 'lat' ? 147.25 : 47.5,
      lon: 11.5,
    }
    return JSON.stringify({points: [good, bad]})
  },
}

export const PRODUCERS = {orders, payments, positions}

/** The kind of the n-th record: as often as its share says, without a pattern that a lease could fit. */
export function kindOf({shares}: Producer, n: number): string | undefined {
  let drawn = (Math.imul(n + 1, 2_246_822_519) >>> 0) % 1000
  for (const [kind, share] of Object.entries(shares)) {
    if (drawn < share) return kind
    drawn -= share
  }
  return undefined
}

/** Letters that other services have written under the keys of two queues themselves: hours ago, and half an hour ago. */
export const FOREIGN: Record<string, {reason: string; records: number; make(n: number): object} | undefined> =
  {
    payments: {
      reason: 'card_declined',
      records: 1,
      make: (n) => ({service: 'billing', reason: 'card_declined', invoice: n}),
    },
    positions: {
      reason: 'device unknown',
      records: 3,
      make: (n) => ({points: [{id: -3 * n}, {id: -3 * n - 1}, {id: -3 * n - 2}], reason: 'device unknown'}),
    },
  }

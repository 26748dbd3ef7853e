import {drainAll, type TestContext, testSink} from '../support/context.ts'
import {type LetterSeed, seedLetters} from '../support/letters.ts'

type TestQueue = ReturnType<TestContext['newQueue']>

/** Makes the tables that the letters of the tests are meant for. */
export async function makeOrders({pool}: TestContext): Promise<void> {
  await pool.query(`CREATE TABLE customers (id int PRIMARY KEY);
    CREATE TABLE orders (id int PRIMARY KEY, customer int NOT NULL REFERENCES customers, price numeric)`)
}

/** A queue that drains into the orders, with the given dead letters. */
export async function deadOrders(context: TestContext, seeds: LetterSeed[]) {
  const at = context.newQueue()
  await at.engine.bind({table: `"${context.schema}"."orders"`, records: 'points', rename: {}}, {rebind: true})
  if (seeds.length > 0) await seedLetters(context, at, seeds)
  return at
}

/** Letters of orders whose customer is missing, the newest last. */
export function missingCustomers(count: number, {from = 0, customer = 1} = {}): LetterSeed[] {
  return Array.from({length: count}, (_, i) => ({
    id: `fk:${from + i}`,
    payload: `{"id":${from + i},"customer":${customer},"price":1.50}`,
    reason: 'foreign_key' as const,
    code: '23503',
    message: 'insert or update on table "orders" violates foreign key constraint "orders_customer_fkey"',
    failedAt: Date.parse('2026-11-26T06:00:00Z') + i,
    score: i,
  }))
}

/** Letters that are not JSON. */
export function malformed(count: number): LetterSeed[] {
  return Array.from({length: count}, (_, i) => ({
    id: `bad:${i}`,
    payload: `{"id":${i}`,
    reason: 'malformed' as const,
    code: 'JSON',
    message: `expected "}" at byte ${7 + String(i).length}`,
    failedAt: Date.parse('2026-11-26T05:00:00Z') + i,
    score: i,
  }))
}

/** The address of the dead letters of a queue. */
export function lettersHash(queue: string, where = ''): string {
  return `#/queue/${encodeURIComponent(queue)}/dead-letters${where && `?${new URLSearchParams({where})}`}`
}

/** Workers that write what comes into the queue, until they are stopped. */
export async function startWorkers(context: TestContext, at: Pick<TestQueue, 'queue' | 'keys'>) {
  const sink = await testSink(context, 'orders')
  const stop = new AbortController()
  const running = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal})
  return async () => {
    stop.abort()
    return running
  }
}

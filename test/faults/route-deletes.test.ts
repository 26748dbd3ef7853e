import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest'
import {cliEnv, runningCli} from '../support/cli.ts'
import {deadLetters, push, useServers} from '../support/context.ts'
import {LEASE_COMMIT, type Proxies, proxiedEnv, startProxies} from '../support/faults.ts'

const ORDERS = 200

const context = useServers()
let proxies: Proxies
let at: ReturnType<typeof context.newQueue>

beforeAll(async () => {
  proxies = await startProxies()
})
afterAll(() => proxies.close())

beforeEach(async () => {
  await context.pool.query(`DROP TABLE IF EXISTS lines, orders;
CREATE TABLE orders (id int PRIMARY KEY, v int, writes int NOT NULL DEFAULT 0);
CREATE TABLE lines (id int PRIMARY KEY, o int NOT NULL REFERENCES orders ON DELETE RESTRICT);
CREATE OR REPLACE FUNCTION counted() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN NEW.writes := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.writes + 1 END; RETURN NEW; END $$;
CREATE TRIGGER counted BEFORE INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION counted()`)
  at = context.newQueue()
  await push(
    context,
    at.keys,
    Array.from({length: ORDERS}, (_, id) => `{"points":[${feedOf(id)}]}`),
  )
})

/** An order comes after its line and is updated; each second is deleted before its line is, and each fourth comes again. */
function feedOf(id: number): string[] {
  const order = (op: string, more = {}) => JSON.stringify({t: 'o', op, id, ...more})
  const line = (op: string, more = {}) => JSON.stringify({t: 'l', op, id, ...more})
  const made = [line('c', {o: id}), order('c', {v: 1}), order('u', {v: 2})]
  if (id % 2 === 0) return made
  const gone = [...made, order('d'), line('d')]
  return id % 4 === 1 ? gone : [...gone, order('c', {v: 3})]
}

const work = (env: NodeJS.ProcessEnv) =>
  runningCli(
    [
      ...['work', '-q', at.queue, '--until-empty', '--json', '--lease', '2s', '--batch', '100'],
      ...['--route', `t=l:${context.schema}.lines`, '--route', `t=o:${context.schema}.orders`],
      ...['--on-conflict', 'update', '--op-field', 'op', '--max-retries', '20'],
    ],
    env,
  )

async function expectAllOnce(): Promise<void> {
  expect(await deadLetters(context, at.keys)).toEqual([])
  const ids = Array.from({length: ORDERS}, (_, id) => id)
  const {rows: orders} = await context.pool.query('SELECT id, v FROM orders ORDER BY id')
  expect(orders).toEqual(ids.filter((id) => id % 4 !== 1).map((id) => ({id, v: id % 2 === 0 ? 2 : 3})))
  const {rows: lines} = await context.pool.query('SELECT id, o FROM lines ORDER BY id')
  expect(lines).toEqual(ids.filter((id) => id % 2 === 0).map((id) => ({id, o: id})))
  // What a trigger has counted tells a row that was written twice
  const {rows} = await context.pool.query('SELECT max(writes) AS most FROM orders')
  expect(rows[0].most).toBeLessThanOrEqual(2)
}

it.each(['cut', 'cut-after-reply'] as const)('a COMMIT whose connection breaks (%s)', async (how) => {
  const fired = proxies.postgres.onRequest(LEASE_COMMIT, how, 3)
  const running = work(proxiedEnv(proxies))
  await fired
  expect((await running.ended).code).toBe(0)
  await expectAllOnce()
})

it('a worker that is killed inside COMMIT', async () => {
  const fired = proxies.postgres.onRequest(LEASE_COMMIT, 'swallow-reply')
  const killed = work(proxiedEnv(proxies))
  await fired
  killed.child.kill('SIGKILL')
  await killed.ended
  expect((await work(cliEnv()).ended).code).toBe(0)
  await expectAllOnce()
})

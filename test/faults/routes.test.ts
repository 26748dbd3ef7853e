import {setTimeout as wait} from 'node:timers/promises'
import {afterAll, beforeAll, beforeEach, expect, it} from 'vitest'
import {cliEnv, runningCli, until} from '../support/cli.ts'
import {deadLetters, push, useServers} from '../support/context.ts'
import {LEASE_COMMIT, type Proxies, proxiedEnv, startProxies} from '../support/faults.ts'

const FLIGHTS = 400
const POINTS = 8

const context = useServers()
let proxies: Proxies
let at: ReturnType<typeof context.newQueue>

beforeAll(async () => {
  proxies = await startProxies()
})
afterAll(() => proxies.close())

beforeEach(async () => {
  await context.pool.query('DROP TABLE IF EXISTS points, flights')
  await context.pool.query('CREATE TABLE flights (id int PRIMARY KEY, seats int)')
  // Without a key of its own, a point that is written twice is there twice
  await context.pool.query('CREATE TABLE points (flight int NOT NULL REFERENCES flights, n int)')
  at = context.newQueue()
  await push(
    context,
    at.keys,
    Array.from({length: FLIGHTS}, (_, id) => JSON.stringify(envelope(id))),
  )
})

/** Every 20th flight is wrong, and every 10th has a wrong point. */
function envelope(id: number) {
  const points = Array.from({length: POINTS}, (_, n) => ({flight: id, n: isOdd(id) && n === 3 ? 'x' : n}))
  return {flight: {id, seats: isBad(id) ? 'many' : 4}, points}
}
const isBad = (id: number) => id % 20 === 0
const isOdd = (id: number) => id % 10 === 5

const work = (env: NodeJS.ProcessEnv) =>
  runningCli(
    [
      ...['work', '-q', at.queue, '--until-empty', '--json', '--max-refused', '100%'],
      ...['--route', `points[]:${context.schema}.points`, '--route', `flight:${context.schema}.flights`],
      ...['--batch', '100', '--workers', '3', '--lease', '2s', '--max-retries', '20'],
    ],
    env,
  )

/** What anybody sees at one moment: flights, points, and flights that are there with only some of their points. */
async function seen(): Promise<{flights: number; points: number; torn: number; alone: number}> {
  const {rows} = await context.pool.query(
    `SELECT (SELECT count(*)::int FROM flights) AS flights, (SELECT count(*)::int FROM points) AS points,
  (SELECT count(*)::int FROM points p LEFT JOIN flights f ON f.id = p.flight WHERE f.id IS NULL) AS alone,
  (SELECT count(*)::int FROM (SELECT f.id FROM flights f LEFT JOIN points p ON p.flight = f.id GROUP BY f.id
    HAVING count(p.n) <> ${POINTS} - (f.id % 10 = 5)::int) torn) AS torn`,
  )
  return rows[0]
}

/** Looks again and again until it is told to stop. */
async function watch(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    expect(await seen()).toMatchObject({torn: 0, alone: 0})
    await wait(5)
  }
}

async function expectAllOnce(): Promise<void> {
  const bad = Array.from({length: FLIGHTS}, (_, id) => id).filter(isBad).length
  const odd = Array.from({length: FLIGHTS}, (_, id) => id).filter(isOdd).length
  const flights = FLIGHTS - bad
  expect(await seen()).toEqual({flights, points: flights * POINTS - odd, torn: 0, alone: 0})
  const letters = await deadLetters(context, at.keys)
  const codes = letters.map(({code}) => String(code))
  const count = (code: string) => codes.filter((one) => one === code).length
  expect({bad: count('22P02'), children: count('PARENT_REFUSED')}).toEqual({
    bad: bad + odd,
    children: bad * POINTS,
  })
  expect(letters).toHaveLength(bad + odd + bad * POINTS)
  const {rows} = await context.pool.query(
    `SELECT sum(inserted)::int AS inserted, sum(cardinality(dead_letters))::int AS letters
FROM qtool.applied_lease WHERE queue = $1`,
    [at.queue],
  )
  expect(rows).toEqual([{inserted: flights * (POINTS + 1) - odd, letters: letters.length}])
}

/** Drains while something breaks it, and looks at the tables all the time. */
async function drainBroken(breakIt: () => Promise<void>): Promise<void> {
  const stop = new AbortController()
  const watching = watch(stop.signal)
  await breakIt().finally(() => stop.abort())
  await watching
  await expectAllOnce()
}

it('workers that are killed leave no flight with only some of its points', () =>
  drainBroken(async () => {
    for (let kills = 0; kills < 2; kills++) {
      const before = (await seen()).flights
      const killed = work(cliEnv())
      await Promise.race([until(async () => (await seen()).flights > before), killed.ended])
      killed.child.kill('SIGKILL')
      await killed.ended
    }
    expect((await work(cliEnv()).ended).code).toBe(3)
  }))

it.each(['cut', 'cut-after-reply'] as const)(
  'a COMMIT whose connection is broken (%s) leaves all or nothing',
  (how) =>
    drainBroken(async () => {
      const fired = proxies.postgres.onRequest(LEASE_COMMIT, how, 4)
      const running = work(proxiedEnv(proxies))
      await fired
      expect((await running.ended).code).toBe(3)
    }),
)

it('backends that are terminated between the tables leave all or nothing', () =>
  drainBroken(async () => {
    const running = work(cliEnv())
    for (let terminated = 0; terminated < 4; ) {
      const {rowCount} = await context.pool.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()
  AND query LIKE 'COPY "${context.schema}"."points"%' AND state <> 'idle' LIMIT 1`,
      )
      terminated += rowCount ?? 0
      if (running.child.exitCode !== null) break
    }
    expect((await running.ended).code).toBe(3)
  }))

import pg from 'pg'
import {beforeAll, expect, it} from 'vitest'
import type {PostgresFacts} from '../../src/doctor/postgres/facts.ts'
import {setWiseOf} from '../../src/doctor/postgres/set-wise.ts'
import {examine, factsOf, useDatabase} from '../doctor/postgres/examine.ts'
import {until} from '../support/cli.ts'
import {startPgBouncer} from '../support/pgbouncer.ts'

const own = useDatabase()
const major = Number(process.env.QTOOL_TEST_POSTGRES)

beforeAll(() =>
  own.pool.query(`CREATE TABLE p (id int PRIMARY KEY);
CREATE TABLE t (id int PRIMARY KEY, p int REFERENCES p); CREATE TABLE c (id int REFERENCES t); CREATE INDEX ON c (id)`),
)

/** The parts that could not be read, with the reason. */
function unread({server, sink, otherSinks, ...parts}: PostgresFacts): string[] {
  return Object.entries({...parts, ...sink}).flatMap(([name, {reason}]) =>
    reason ? [`${name}: ${reason}`] : [],
  )
}

it('every part of the facts is read, and a healthy table gives no finding', async () => {
  const facts = await factsOf(own.pool, 't')
  expect(unread(facts)).toEqual([])
  expect(facts.server).toMatchObject({major, isPooled: false})
  expect(await examine(own.pool, 't')).toEqual([])
})

it('checkpoints are counted, whichever view of this version has them', async () => {
  const forced = async () => (await factsOf(own.pool)).checkpoints.value?.forced ?? 0
  const before = await forced()
  await own.pool.query('CHECKPOINT')
  await until(async () => (await forced()) > before)
})

it('through PgBouncer the same is read; connections are its own matter', async () => {
  const bouncer = await startPgBouncer(own.url, 'transaction')
  try {
    const pool = new pg.Pool({
      connectionString: Object.assign(new URL(bouncer.url), {pathname: new URL(own.url).pathname}).href,
    })
    const facts = await factsOf(pool, 't')
    expect(unread(facts)).toEqual([])
    expect(facts.server.isPooled).toBe(true)
    expect(await examine(pool, 't')).toEqual([])
    await pool.end()
  } finally {
    await bouncer.stop()
  }
})

// Both kinds of keys are new in Postgres 18
if (major >= 18) {
  it('keys that are not enforced are no matter, and keys over periods are not checked for a whole lease', async () => {
    await own.pool.query(`CREATE EXTENSION btree_gist;
CREATE TABLE loose (id int PRIMARY KEY, p int, FOREIGN KEY (p) REFERENCES p NOT ENFORCED);
CREATE TABLE span (id int, during daterange, PRIMARY KEY (id, during WITHOUT OVERLAPS));
CREATE TABLE timed (id int PRIMARY KEY, span int, during daterange,
  CONSTRAINT within FOREIGN KEY (span, PERIOD during) REFERENCES span (id, PERIOD during))`)
    expect(await examine(own.pool, 'loose')).toEqual([])
    expect(setWiseOf(await factsOf(own.pool, 'loose'))).toEqual({})
    expect(setWiseOf(await factsOf(own.pool, 'timed'))['public.timed'].reasons).toEqual([
      'foreign key within is over a period',
    ])
    expect(await examine(own.pool, 'timed')).toEqual([])
  })
}

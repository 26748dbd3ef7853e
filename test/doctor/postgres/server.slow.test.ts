import pg from 'pg'
import {afterAll, afterEach, beforeAll, describe, expect, it} from 'vitest'
import {readPostgresFacts} from '../../../src/doctor/postgres/facts.ts'
import {until} from '../../support/cli.ts'
import {startTestPostgres, type TestServer} from '../../support/server.ts'
import {factsOf, judge, openMigrated, titles, use} from './examine.ts'
import {startFakeStandby} from './fake-standby.ts'

let server: TestServer
let pool: pg.Pool

beforeAll(async () => {
  // 27 connections are left for those who are not superusers
  const settings = ['fsync=on', 'max_connections=30', 'max_prepared_transactions=1', 'shared_buffers=1MB']
  server = await startTestPostgres(...settings)
  pool = await openMigrated(server.url)
  await pool.query('CREATE TABLE t (id int PRIMARY KEY)')
})
afterAll(async () => {
  await pool?.end()
  await server?.stop()
})

const find = async () => judge(await factsOf(pool, 't'))
const found = async () => titles(await find())

/** Sets a parameter of the server, and waits until sessions see it. */
async function setting(name: string, value: string): Promise<void> {
  await pool.query(`ALTER SYSTEM SET ${name} = '${value}'`)
  await pool.query('SELECT pg_reload_conf()')
  await until(async () => (await pool.query(`SHOW ${name}`)).rows[0][name] === value)
}

afterEach(async () => {
  await pool.query(`SET synchronous_commit = local`)
  await pool.query('ALTER SYSTEM RESET ALL')
  await pool.query('SELECT pg_reload_conf(), pg_stat_reset()')
  await until(async () => (await found()).length === 0)
})

it('a healthy server gives no finding', async () => {
  expect(await find()).toEqual([])
})

describe('connections', () => {
  const clients: pg.Client[] = []
  afterEach(() => Promise.all(clients.splice(0).map((client) => client.end())))

  /** Opens connections until so many are in use. */
  async function fill(to: number, name = ''): Promise<void> {
    const limits = async () => (await factsOf(pool, 't')).connections.value?.limits[0]
    while (((await limits())?.used ?? to) < to) {
      const client = new pg.Client({connectionString: server.url, application_name: name})
      clients.push(client)
      await client.connect()
    }
    expect(await limits()).toEqual({of: 'server', used: to, limit: 27})
  }

  it('fewer left than qtool work opens', async () => {
    await fill(17)
    expect(await find()).toEqual([])
    await fill(18)
    const findings = await find()
    expect(titles(findings)).toEqual(['warning connections'])
    expect(findings[0].fix).toContain('--workers 9')
  })

  it('those of workers that run are not wanted twice', async () => {
    await fill(20, 'qtool')
    expect(await find()).toEqual([])
  })

  it('more than 80 % in use', async () => {
    await fill(21, 'qtool')
    expect(await find()).toEqual([])
    await fill(22, 'qtool')
    expect(await found()).toEqual(['warning connections'])
  })

  it('all in use but for those of superusers', async () => {
    await fill(27, 'qtool')
    const findings = await find()
    expect(titles(findings)).toEqual(['critical connections'])
    expect(findings[0].what).toBe('27 of the 27 connections of the server are in use')
  })
})

describe('durability', () => {
  it('full_page_writes off', async () => {
    await setting('full_page_writes', 'off')
    expect(await found()).toEqual(['warning full-page-writes'])
  })

  it('synchronous_commit off, for one database', async () => {
    await pool.query('ALTER DATABASE postgres SET synchronous_commit = off')
    const fresh = new pg.Pool({connectionString: server.url})
    expect(titles(judge(await factsOf(fresh, 't')))).toEqual(['warning synchronous-commit'])
    await fresh.end()
    await pool.query('ALTER DATABASE postgres RESET synchronous_commit')
  })
})

describe('standbys that commits wait for', () => {
  it('none is connected', async () => {
    await setting('synchronous_standby_names', 'FIRST 1 (other)')
    const findings = await find()
    expect(titles(findings)).toEqual(['critical standbys'])
    expect(findings[0].what).toBe('synchronous_standby_names asks for 1 standby, and 0 of them are connected')
  })

  it('one of one is no finding, one of two is; a role that may not see them says unknown', async () => {
    const stop = await startFakeStandby(server.url, 'other')
    await setting('synchronous_standby_names', 'FIRST 1 (other)')
    await until(async () => (await factsOf(pool)).standbys.value?.seen[0]?.isSynchronous === true)
    expect(await find()).toEqual([])
    await pool.query(`CREATE ROLE looker LOGIN PASSWORD 'test'`)
    const asRole = new pg.Pool({
      connectionString: Object.assign(new URL(server.url), {username: 'looker'}).href,
    })
    const hidden = judge(await factsOf(asRole)).filter(({check}) => check === 'postgres.standbys')
    expect(hidden).toMatchObject([{level: 'unknown', fix: 'GRANT pg_read_all_stats TO looker'}])
    await asRole.end()
    await pool.query('DROP ROLE looker')
    await setting('synchronous_standby_names', 'ANY 2 (other, another)')
    expect(await found()).toEqual(['critical standbys'])
    await stop()
  })

  it('one that is 10 s behind, by a lag that was edited', async () => {
    const facts = await factsOf(pool, 't')
    facts.server.settings.synchronous_standby_names = 'far'
    const behind = (lagMs: number) => {
      const seen = [{name: 'far', isSynchronous: true, lagMs}]
      return titles(judge({...facts, standbys: {value: {hidden: 0, seen}}}))
    }
    expect(behind(9000)).toEqual([])
    expect(behind(11_000)).toEqual(['warning standbys'])
  })
})

describe('what the statistics count', () => {
  it('deadlocks: six within a minute', async () => {
    await inOwnSession((one) => inOwnSession((other) => sixDeadlocks(one, other)))
    await until(async () => (await found()).length > 0)
    const findings = await find()
    expect(titles(findings)).toEqual(['warning deadlocks'])
    expect(findings[0].what).toMatch(/^6 deadlocks in database postgres/)
  })

  it('rollbacks: 15 % of 2,000 transactions, but not of 200', async () => {
    await transactions(200, 30)
    await until(async () => ((await factsOf(pool)).activity.value?.rollbacks ?? 0) >= 30)
    expect(await find()).toEqual([])
    await transactions(1800, 270)
    await until(async () => ((await factsOf(pool)).activity.value?.rollbacks ?? 0) >= 300)
    expect(await found()).toEqual(['warning rollbacks'])
  })

  it('a cache that is too small', async () => {
    // 4,000 pages, in a cache of 128
    await pool.query(`CREATE TABLE wide (x text); ALTER TABLE wide ALTER x SET STORAGE PLAIN;
INSERT INTO wide SELECT repeat('x', 4000) FROM generate_series(1, 8000)`)
    await pool.query('SELECT pg_stat_reset()')
    await inOwnSession(async (client) => {
      for (let i = 0; i < 30; i++) await client.query('SELECT count(*) FROM wide')
    })
    await until(async () => (await found()).length > 0)
    expect(await found()).toEqual(['warning cache-hits'])
    await pool.query('DROP TABLE wide')
  })

  it('forced checkpoints: more than half of at least ten', async () => {
    const forced = async () => (await factsOf(pool)).checkpoints.value?.forced ?? 0
    for (const before = await forced(); (await forced()) < before + 15; ) await pool.query('CHECKPOINT')
    expect(await found()).toEqual(['warning checkpoints'])
    const {major} = (await factsOf(pool)).server
    await pool.query(`SELECT pg_stat_reset_shared('${major < 17 ? 'bgwriter' : 'checkpointer'}')`)
  })
})

it('a prepared transaction that locks the table is found', async () => {
  await pool.query(`BEGIN; LOCK TABLE t IN SHARE MODE; PREPARE TRANSACTION 'left'`)
  const findings = await find()
  expect(titles(findings)).toEqual(['critical blocked'])
  expect(findings[0].what).toContain('a prepared transaction holds a lock on public.t')
  await pool.query(`ROLLBACK PREPARED 'left'`)
})

it('old transaction ids, by an age that was edited: no test can use up a billion', async () => {
  const facts = await factsOf(pool, 't')
  expect(facts.transactionIds.value?.age).toBeGreaterThan(0)
  const at = (age: number) => titles(judge({...facts, transactionIds: {value: {database: 'postgres', age}}}))
  expect(at(850_000_000)).toEqual([])
  expect(at(860_000_000)).toEqual(['warning transaction-ids'])
  expect(at(1_800_000_000)).toEqual(['critical transaction-ids'])
})

it('reading the facts again and again is no reason for a finding', async () => {
  for (let i = 0; i < 100; i++) await factsOf(pool, 't')
  await until(async () => ((await factsOf(pool)).activity.value?.commits ?? 0) > 90)
  // Those of other tests may arrive late
  expect((await factsOf(pool)).activity.value?.rollbacks).toBeLessThan(10)
})

it('a ledger that is missing is found', async () => {
  await pool.query('CREATE DATABASE bare')
  const bare = new pg.Pool({connectionString: Object.assign(new URL(server.url), {pathname: '/bare'}).href})
  await bare.query('CREATE TABLE t (id int PRIMARY KEY)')
  expect(titles(judge(await factsOf(bare, 't')))).toEqual(['critical ledger'])
  await bare.end()
})

it('reading the facts takes no lock that lasts, and writes nothing', async () => {
  const before = await pool.query(
    'SELECT pg_current_xact_id_if_assigned() AS id, pg_snapshot_xmax(pg_current_snapshot())',
  )
  await use(pool, async (client) => {
    await readPostgresFacts(client, ['t'])
    const {rows} = await client.query(`SELECT count(*)::int AS n FROM pg_locks WHERE pid = pg_backend_pid()
AND locktype = 'relation' AND relation = 't'::regclass`)
    expect(rows[0].n).toBe(0)
  })
  expect(
    (
      await pool.query(
        'SELECT pg_current_xact_id_if_assigned() AS id, pg_snapshot_xmax(pg_current_snapshot())',
      )
    ).rows,
  ).toEqual(before.rows)
})

/** Two sessions that take the same locks in different order, six times. */
async function sixDeadlocks(one: pg.Client, other: pg.Client): Promise<void> {
  for (let i = 0; i < 6; i++) {
    for (const client of [one, other]) await client.query(`BEGIN; SET LOCAL deadlock_timeout = '10ms'`)
    await one.query('SELECT pg_advisory_xact_lock(1)')
    await other.query('SELECT pg_advisory_xact_lock(2)')
    const outcomes = await Promise.allSettled([
      one.query('SELECT pg_advisory_xact_lock(2)'),
      other.query('SELECT pg_advisory_xact_lock(1)'),
    ])
    expect(outcomes.filter(({status}) => status === 'rejected')).toHaveLength(1)
    for (const client of [one, other]) await client.query('ROLLBACK')
  }
}

/** Some transactions, of which the first are rolled back. */
function transactions(all: number, rolledBack: number): Promise<void> {
  return inOwnSession(async (client) => {
    const text = (i: number) => `BEGIN; SELECT 1; ${i < rolledBack ? 'ROLLBACK' : 'COMMIT'}`
    for (let i = 0; i < all; i++) await client.query(text(i))
  })
}

/** Lends a session that ends afterwards, which is when its statistics are counted. */
async function inOwnSession(work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(server.url)
  await client.connect()
  await work(client)
  await client.end()
}

import {execFileSync, spawnSync} from 'node:child_process'
import {chownSync, mkdtempSync, rmSync, statSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import pg from 'pg'
import {beforeEach, describe, expect, it} from 'vitest'
import {migrate} from '../../src/sample/migrate.ts'
import {cliEnv, runningCli, until} from '../support/cli.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'
import {expectAllOnce, fill, holdTable, startWork} from '../support/faults.ts'
import {startTestPostgres} from '../support/server.ts'

const context = useServers()
let number = 0
let table: string

beforeEach(async () => {
  table = `t${++number}`
  await context.pool.query(`CREATE TABLE ${table} (a int)`)
})

describe('X26: waiting in Postgres', () => {
  it('a lock wait that ends by lock_timeout is tried again', async () => {
    const at = await fill(context, 300)
    const held = await holdTable(context, table)
    const url = new URL(String(cliEnv().DATABASE_URL))
    // Encoded for libpq: URLSearchParams would write the blank as a plus sign
    url.search = `options=${encodeURIComponent('-c lock_timeout=50')}`
    const worker = startWork(
      context,
      {...at, table},
      cliEnv({DATABASE_URL: url.href}),
      '--max-retries',
      '100',
    )
    await until(async () => Number((await attempts(at.keys.attempts)).at(-1) ?? 0) > 0)
    await held.release()
    expect((await worker.ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })

  /** The retry counts of all leases. */
  async function attempts(key: string): Promise<number[]> {
    return (await context.redis.hvals(key)).map((state) => Number(state.split(' ')[2])).sort()
  }

  it('a real deadlock between two writers loses nothing', async () => {
    await context.pool.query(`ALTER TABLE ${table} ADD PRIMARY KEY (a)`)
    const at = await fill(context, 200)
    const rival = await context.pool.connect()
    await rival.query('BEGIN')
    await rival.query(`SET LOCAL deadlock_timeout = '10s'`)
    await rival.query(`INSERT INTO ${table} VALUES (150)`)
    const worker = startWork(context, {...at, table, workers: 1, lease: '5s'}, cliEnv())
    const waits = `SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'`
    await until(async () => ((await rival.query(waits)).rowCount ?? 0) > 0)
    // The worker holds row 10 and waits for 150; the rival holds 150 and now waits for 10
    await rival.query(`INSERT INTO ${table} VALUES (10)`).catch(() => {})
    await rival.query('ROLLBACK')
    rival.release()
    expect((await worker.ended).code).toBe(0)
    await expectAllOnce(context, at, table)
  })
})

describe('X27: Postgres has too few connections', () => {
  it('works with those there are', async () => {
    const server = await startTestPostgres('max_connections=8', 'superuser_reserved_connections=0')
    try {
      const holders = Array.from({length: 5}, () => new pg.Client(server.url))
      await holders[0].connect()
      await migrate(holders[0], {sample: true})
      await holders[0].query('CREATE TABLE crowded (a int)')
      for (const holder of holders.slice(1)) await holder.connect()
      const at = await fill(context, 3000)
      const args = ['work', '-q', at.queue, '--table', 'crowded', '--until-empty', '--batch', '50']
      const worker = runningCli([...args, '--workers', '10'], cliEnv({DATABASE_URL: server.url}))
      const {code} = await worker.ended
      const {rows} = await holders[0].query(
        'SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM crowded',
      )
      for (const holder of holders) await holder.end()
      expect(code).toBe(0)
      expect(rows[0]).toEqual({n: 3000, d: 3000})
      expect(await context.redis.exists(at.keys.dead, at.keys.leases)).toBe(0)
    } finally {
      await server.stop()
    }
  })
})

/** Arguments of `then` that turn a promise into whether it succeeded. */
const WORKED = [() => true, () => false] as const

const MAY_MOUNT = process.getuid?.() === 0 && process.platform === 'linux'

describe('X30: the disk of Postgres is full', () => {
  // Only root may mount a file system that is small enough; X25 raises 53100 for a row and needs no root
  it.runIf(MAY_MOUNT).each([
    ['3000', '50'],
    ['20', '1'],
  ])('is waited out, and costs nothing (leases of %s, retries %s)', async (batch, retries) => {
    const disk = mkdtempSync(join(tmpdir(), 'qtool-disk-'))
    const server = await startTestPostgres()
    const client = new pg.Client(server.url)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', disk])
      await client.connect()
      await migrate(client, {sample: true})
      // The user that runs the server must own the folder
      const {uid, gid} = statSync((await client.query('SHOW data_directory')).rows[0].data_directory)
      chownSync(disk, uid, gid)
      await client.query(`CREATE TABLESPACE small LOCATION '${disk}'`)
      await client.query('CREATE TABLE filler (text text) TABLESPACE small')
      await client.query('CREATE TABLE crammed (a int) TABLESPACE small')
      const fillUp = () => client.query(`INSERT INTO filler VALUES (repeat('x', 1000))`)
      while (await fillUp().then(...WORKED));
      const at = await fill(context, 9000)
      const flags = ['--batch', batch, '--max-retries', retries, '--table', 'crammed', '--until-empty']
      const worker = runningCli(
        ['work', '-q', at.queue, '--workers', '2', ...flags],
        cliEnv({DATABASE_URL: server.url}),
      )
      await until(() => worker.stderr().includes('could not extend file'))
      await client.query('DROP TABLE filler; CHECKPOINT')
      expect((await worker.ended).code).toBe(0)
      const {rows} = await client.query('SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM crammed')
      expect(rows[0]).toEqual({n: 9000, d: 9000})
      expect(await context.redis.exists(at.keys.dead, at.keys.leases)).toBe(0)
    } finally {
      await client.end()
      await server.stop()
      spawnSync('umount', [disk])
      rmSync(disk, {recursive: true, force: true})
    }
  })
})

describe('X28: a parent is deleted between the check and the insert', () => {
  it('costs its children, and nothing else', async () => {
    await context.pool.query(`
CREATE TABLE parent_${table} (id int PRIMARY KEY);
INSERT INTO parent_${table} SELECT generate_series(0, 9);
CREATE TABLE child_${table} (a int, parent int REFERENCES parent_${table});
CREATE FUNCTION orphan_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN DELETE FROM ${context.schema}.parent_${table} WHERE id = 3; RETURN NULL; END $$;
CREATE TRIGGER orphan BEFORE INSERT ON child_${table} EXECUTE FUNCTION orphan_${table}()`)
    const at = context.newQueue()
    await push(
      context,
      at.keys,
      Array.from({length: 100}, (_, i) => `{"a":${i},"parent":${i % 10}}`),
    )
    const tally = await drainAll(context, await testSink(context, `child_${table}`), at)
    expect(tally).toMatchObject({inserted: 90, deadLettered: 10, deadLettersByReason: {foreign_key: 10}})
    const letters = await deadLetters(context, at.keys)
    expect(
      letters.every(({code, payload}) => code === '23503' && String(payload).includes('"parent":3')),
    ).toBe(true)
  })
})

describe('X31: bad rows among good ones', () => {
  const bad: Array<[string, (i: number) => boolean]> = [
    ['one in 5,000', (i) => i === 2345],
    ['the first', (i) => i === 0],
    ['the last', (i) => i === 4999],
    ['every second', (i) => i % 2 === 1],
  ]
  it.each(bad)('%s: exactly those are refused', async (_, isBad) => {
    // A trigger, so that no check before the write can predict it
    await context.pool.query(`
CREATE FUNCTION picky_${table}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN IF NEW.a < 0 THEN RAISE EXCEPTION 'negative' USING ERRCODE = '23514'; END IF; RETURN NEW; END $$;
CREATE TRIGGER picky BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION picky_${table}()`)
    const at = context.newQueue()
    const values = Array.from({length: 5000}, (_, i) => (isBad(i) ? -i - 1 : i))
    const members = values.flatMap((a, i) => [i, `{"a":${a}}`])
    await context.redis.zadd(at.keys.ready, ...members)
    await drainAll(context, await testSink(context, table), at, {batch: 5000})
    const {rows} = await context.pool.query(`SELECT a FROM ${table} ORDER BY a`)
    expect(rows.map(({a}) => a)).toEqual(values.filter((a) => a >= 0))
    const letters = await deadLetters(context, at.keys)
    expect(letters.map(({payload}) => payload).sort()).toEqual(
      values
        .filter((a) => a < 0)
        .map((a) => `{"a":${a}}`)
        .sort(),
    )
  })
})

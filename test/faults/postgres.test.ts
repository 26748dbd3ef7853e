import {once} from 'node:events'
import pg from 'pg'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {openQueue} from '../../src/queue/open.ts'
import {queueKeys} from '../../src/redis/keys.ts'
import {migrate} from '../../src/sample/migrate.ts'
import {AppliedLeases} from '../../src/sink/ledger/ledger.ts'
import {openSink} from '../../src/sink/sink.ts'
import {Sinks} from '../../src/sink/sinks.ts'
import {drain} from '../../src/worker/drain.ts'
import type {WorkerObserver} from '../../src/worker/observer.ts'
import {USUAL} from '../../src/worker/policy.ts'
import {emptyTally, keepTally} from '../../src/worker/tally.ts'
import {cliEnv, startCli} from '../support/cli.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'
import {startTestPostgres, type TestServer} from '../support/server.ts'

const context = useServers()

/** A table whose trigger raises `code` for rows with a = 7, the first `times` times. */
async function moodyTable(name: string, code: string, times = 1_000_000) {
  await context.pool.query(`
CREATE TABLE ${name} (a int);
CREATE SEQUENCE ${name}_moods;
CREATE FUNCTION ${name}_mood() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.a = 7 AND nextval('${context.schema}.${name}_moods') <= ${times} THEN
    RAISE EXCEPTION 'in a mood' USING ERRCODE = '${code}';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER mood BEFORE INSERT ON ${name} FOR EACH ROW EXECUTE FUNCTION ${name}_mood()`)
  return testSink(context, name)
}

const items = Array.from({length: 20}, (_, i) => `{"a":${i}}`)

async function numbers(table: string): Promise<number[]> {
  const {rows} = await context.pool.query<{a: number}>(`SELECT a FROM ${table} ORDER BY a`)
  return rows.map((row) => row.a)
}

describe('X25: a SQLSTATE on a chosen row', () => {
  it.each(['40001', '40P01', '53100', '53300', '55P03', '57014', '57P03', '25P04', 'XX000'])(
    '%s passes: the lease is tried again and nothing is refused',
    async (code) => {
      const table = `once_${code.toLowerCase()}`
      const sink = await moodyTable(table, code, 1)
      const at = context.newQueue()
      await push(context, at.keys, items)
      const tally = await drainAll(context, sink, at, {workers: 1})
      // After a deadlock in the fast lane, the careful lane succeeds without a retry
      expect(tally).toMatchObject({inserted: 20, deadLettered: 0, retried: code === '40P01' ? 0 : 1})
      expect(await numbers(table)).toEqual(items.map((_, i) => i))
    },
  )

  it.each(['40001', '53100', '57P03'])(
    '%s that never passes costs that row alone, as retries_exhausted',
    async (code) => {
      const table = `always_${code.toLowerCase()}`
      const sink = await moodyTable(table, code)
      const at = context.newQueue()
      await push(context, at.keys, items)
      const tally = await drainAll(context, sink, at, {workers: 1, maxRetries: 2})
      expect(tally).toMatchObject({inserted: 19, deadLettered: 1, retried: 2})
      expect(await numbers(table)).not.toContain(7)
      const [letter] = await deadLetters(context, at.keys)
      expect(letter).toMatchObject({reason: 'retries_exhausted', code, payload: '{"a":7}', attempts: 3})
    },
  )

  it.each(['20000', '21000', '22023', '23514', '44000', 'P0001', 'P0002', 'MY001'])(
    '%s is the fault of that row, at once',
    async (code) => {
      const sink = await moodyTable(`data_${code.toLowerCase()}`, code)
      const at = context.newQueue()
      await push(context, at.keys, items)
      const tally = await drainAll(context, sink, at, {workers: 1})
      expect(tally).toMatchObject({inserted: 19, deadLettered: 1, retried: 0})
    },
  )
})

describe('X29: a column dropped while work goes on', () => {
  it('is noticed: the table is read again and the rest is written', async () => {
    await context.pool.query('CREATE TABLE shrinks (a int, b int)')
    const sink = await testSink(context, 'shrinks')
    await context.pool.query('ALTER TABLE shrinks DROP COLUMN b')
    const at = context.newQueue()
    await push(context, at.keys, items)
    expect(await drainAll(context, sink, at, {workers: 1})).toMatchObject({inserted: 20, deadLettered: 0})
  })
})

describe('a Postgres that goes away', () => {
  let server: TestServer
  let pool: pg.Pool

  beforeAll(async () => {
    server = await startTestPostgres()
    pool = new pg.Pool({connectionString: server.url, max: 5})
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    const client = await pool.connect()
    await migrate(client, {sample: true})
    await client.query('CREATE TABLE sums (a int)')
    client.release()
  })
  afterAll(async () => {
    await pool.end()
    await server.stop()
  })

  async function start(count: number, observers: WorkerObserver[] = [], before = async () => {}) {
    const at = context.newQueue()
    const members = Array.from({length: count}, (_, i) => [i, `{"a":${i}}`]).flat()
    await context.redis.zadd(at.keys.ready, ...members)
    const client = await pool.connect()
    await client.query('TRUNCATE sums')
    const sink = await openSink(client, {
      table: 'sums',
      rename: {},
      records: 'points',
      strict: false,
      allowSpecialValues: false,
    })
    client.release()
    await before()
    const tally = emptyTally()
    const target = {
      queue: await openQueue(context.redis, {name: at.queue}),
      sinks: new Sinks([sink]),
      ledger: new AppliedLeases(),
    }
    const ended = drain({redis: context.redis, pool}, target, {
      policy: {...USUAL, workers: 4, batch: 100, untilEmpty: true},
      signal: new AbortController().signal,
      observers: [keepTally(tally), ...observers],
    }).then(() => tally)
    return {at, ended}
  }

  async function written() {
    const {rows} = await pool.query('SELECT count(*)::int AS n, count(DISTINCT a)::int AS d FROM sums')
    return rows[0]
  }

  it('X24: is waited out when it is killed and restarted, with nothing lost, doubled or refused', async () => {
    const states: string[] = []
    let opened = () => {}
    const isOpen = new Promise<void>((resolve) => {
      opened = resolve
    })
    // Locks the table, so that the crash interrupts leases in the middle of their COPY
    const holder = new pg.Client(server.url)
    holder.on('error', () => {})
    await holder.connect()
    const breaker: WorkerObserver['breaker'] = (name, state) => {
      states.push(`${name} ${state}`)
      if (state === 'open') opened()
    }
    const {at, ended} = await start(5000, [{breaker}], async () => {
      await holder.query('BEGIN; LOCK TABLE sums')
    })
    while ((await context.redis.exists(at.keys.leases)) === 0) await new Promise(setImmediate)
    await server.crash()
    await isOpen
    await server.start()
    const tally = await ended
    expect(tally.inserted + tally.recovered).toBe(5000)
    expect(tally.deadLettered).toBe(0)
    expect(await written()).toEqual({n: 5000, d: 5000})
    expect(states).toContain('postgres closed')
    expect(await context.redis.exists(at.keys.ready, at.keys.leases, at.keys.dead)).toBe(0)
  })

  it('X24: survives having every connection terminated, again and again', async () => {
    const killer = new pg.Client(server.url)
    await killer.connect()
    let left = 10
    let busy = false
    const kill = () => {
      if (busy || left-- <= 0) return
      busy = true
      killer
        .query(
          'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND backend_type = $1',
          ['client backend'],
        )
        .catch(() => {})
        .finally(() => {
          busy = false
        })
    }
    const {ended} = await start(8000, [{settled: kill}])
    const tally = await ended
    await killer.end()
    expect(left).toBeLessThan(10)
    expect(tally.inserted + tally.recovered).toBe(8000)
    expect(await written()).toEqual({n: 8000, d: 8000})
    expect(tally.deadLettered).toBe(0)
  })

  it('ends work with its exit code when Ctrl-C comes while it is away', async () => {
    const name = `away-${process.pid}`
    const keys = queueKeys(name)
    const env = cliEnv({DATABASE_URL: server.url})
    const worker = startCli(['work', '-q', name, '--table', 'sums', '--lease', '1s'], env)
    let noted = ''
    const away = new Promise<void>((resolve) => {
      worker.stderr.on('data', (chunk) => {
        noted += chunk
        if (noted.includes('items stay queued')) resolve()
      })
    })
    await context.redis.zadd(keys.ready, ...Array.from({length: 50}, (_, i) => [i, `{"a":${i}}`]).flat())
    while ((await context.redis.exists(keys.ready, keys.leases)) > 0) await new Promise(setImmediate)
    await server.crash()
    await context.redis.zadd(keys.ready, ...Array.from({length: 50}, (_, i) => [i, `{"a":${i}}`]).flat())
    await away
    worker.kill('SIGTERM')
    const [code] = await once(worker, 'close')
    await server.start()
    expect(code).toBe(130)
    const leases = await context.redis.zrange(keys.leases, '0', '-1')
    const held = await Promise.all(leases.map((id) => context.redis.zcard(keys.lease(id))))
    expect(held.reduce((sum, n) => sum + n, await context.redis.zcard(keys.ready))).toBe(50)
    await context.redis.del(keys.ready, keys.leases, keys.attempts, keys.stats, ...leases.map(keys.lease))
  })
})

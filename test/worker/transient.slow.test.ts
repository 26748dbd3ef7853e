import pg from 'pg'
import {describe, expect, it} from 'vitest'
import {openQueue} from '../../src/queue/open.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()
let number = 0

const raise = (code: string) => `RAISE EXCEPTION 'mood' USING ERRCODE = '${code}';`

/** Statements that Postgres itself refuses with a SQLSTATE. */
const REFUSED: Record<string, string> = {
  53100: `COPY (SELECT repeat('x', 100000)) TO '/dev/full';`,
  58030: `PERFORM pg_read_binary_file('/proc/self/mem', 0, 10);`,
  '08001': `PERFORM dblink_connect('host=127.0.0.1 port=1');`,
  57014: 'PERFORM pg_cancel_backend(pg_backend_pid()), pg_sleep(9);',
}

/** A table whose trigger fails with `code` if `when` is true; `when` can use NEW and n, the number of the call. */
async function moody(code: string, when: string, fail = raise(code)): Promise<string> {
  const table = `moody${++number}`
  await context.pool.query(`
CREATE TABLE ${table} (a int); CREATE SEQUENCE ${table}_calls;
CREATE FUNCTION ${table}_mood() RETURNS trigger LANGUAGE plpgsql AS $$ DECLARE n int := nextval('${context.schema}.${table}_calls');
BEGIN IF ${when} THEN ${fail} END IF; RETURN NEW; END $$;
CREATE TRIGGER mood BEFORE INSERT ON ${table} FOR EACH ROW EXECUTE FUNCTION ${table}_mood()`)
  return table
}

async function drainInto(table: string, records: number[], options = {}) {
  const at = context.newQueue()
  await push(
    context,
    at.keys,
    records.map((a) => `{"a":${a}}`),
  )
  const tally = await drainAll(context, await testSink(context, table), at, {
    workers: 1,
    maxRetries: 1,
    ...options,
  })
  const {rows} = await context.pool.query(`SELECT a FROM ${table} ORDER BY a`)
  return {tally, letters: await deadLetters(context, at.keys), written: rows.map(({a}) => a)}
}

const RECORDS = [0, 1, 2, 3, 4, 5]

describe('a database that cannot work for a while refuses no record', () => {
  // An error raised by the user's own code says nothing about the database, so here Postgres itself fails
  it.each(['53100', '58030'])('%s for all, longer than there are retries, in leases of one', async (code) => {
    const table = await moody(code, 'n <= 7', REFUSED[code])
    const {letters, written} = await drainInto(table, [0, 1], {batch: 1})
    expect(letters).toEqual([])
    expect(written).toEqual([0, 1])
  })

  it('53100 that lets through a few rows, until there is room again', async () => {
    // Room for only two rows per transaction, like free space in pages; from call 40 on there is room for all
    const table = await moody(
      '53100',
      `n < 40 AND (SELECT count(*) FROM ${context.schema}.moody${number + 1}) >= 2`,
    )
    const {letters, written} = await drainInto(table, RECORDS)
    expect(letters).toEqual([])
    expect(written).toEqual(RECORDS)
  })

  it.each(['55P03', '40001'])('%s for all, until it passes', async (code) => {
    const table = await moody(code, 'n <= 3')
    const {letters, written} = await drainInto(table, RECORDS, {maxRetries: 5})
    expect(letters).toEqual([])
    expect(written).toEqual(RECORDS)
  })
})

describe('a record that never passes costs itself alone', () => {
  it.each(['53100', '57014', '55P03', '40001', '40P01', 'XX000'])(
    '%s beside others in its lease',
    async (code) => {
      const table = await moody(code, 'NEW.a = 3')
      const {letters, written} = await drainInto(table, RECORDS)
      expect(letters.map(({payload, reason, code: own}) => [payload, reason, own])).toEqual([
        ['{"a":3}', 'retries_exhausted', code],
      ])
      expect(written).toEqual([0, 1, 2, 4, 5])
    },
  )

  it.each(['53100', '57014'])('%s alone in its lease, while other leases pass', async (code) => {
    const table = await moody(code, 'NEW.a = 0')
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":0}'])
    let next = 1
    // Adds a record after every lease, until the bad one is a dead letter
    const stop = new AbortController()
    const onLease = async () => {
      if ((await context.redis.zcard(at.keys.dead)) > 0) stop.abort()
      else await push(context, at.keys, [`{"a":${++next}}`])
    }
    const feeding = setInterval(onLease, 20)
    const tally = await drainAll(context, await testSink(context, table), at, {
      workers: 2,
      batch: 1,
      maxRetries: 1,
      untilEmpty: false,
      signal: stop.signal,
    })
    clearInterval(feeding)
    expect(tally.deadLettersByReason).toEqual({retries_exhausted: 1})
    const letters = await deadLetters(context, at.keys)
    expect(letters.map(({payload, code: own}) => [payload, own])).toEqual([['{"a":0}', code]])
  })

  it.each(['53100', '53300', '57014', '58030', '57P03', '08006', '25006', '42P01', 'XX000'])(
    '%s that a trigger raises, alone in the queue',
    async (code) => {
      const table = await moody(code, 'NEW.a = 0')
      const {letters, tally} = await drainInto(table, [0])
      expect(letters.map((letter) => [letter.payload, letter.code])).toEqual([['{"a":0}', code]])
      expect(tally.deadLettered).toBe(1)
    },
  )

  it('a statement that is always cancelled, alone in the queue', async () => {
    const table = await moody('57014', 'NEW.a = 0', REFUSED[57014])
    const {letters} = await drainInto(table, [0])
    expect(letters.map(({reason, code}) => [reason, code])).toEqual([['retries_exhausted', '57014']])
  })

  it.each([[[0]], [[0, 1, 2]]])('a statement of which the driver loses patience (%j)', async (records) => {
    const table = await moody('57014', 'NEW.a = 0', 'PERFORM pg_sleep(60);')
    const pool = new pg.Pool({...context.pool.options, query_timeout: 500})
    const at = context.newQueue()
    await push(
      context,
      at.keys,
      records.map((a) => `{"a":${a}}`),
    )
    const tally = await drainAll({...context, pool}, await testSink(context, table), at, {
      workers: 1,
      maxRetries: 1,
    })
    await pool.end()
    expect(tally).toMatchObject({inserted: records.length - 1, deadLettersByReason: {retries_exhausted: 1}})
  })

  it.each(['55P03', '40001'])('%s alone in its lease, while the table can be written', async (code) => {
    const table = await moody(code, 'NEW.a = 0')
    const {letters, written} = await drainInto(table, [0, 1], {batch: 1})
    expect(letters.map(({payload}) => payload)).toEqual(['{"a":0}'])
    expect(written).toEqual([1])
  })
})

/** Uses up retries of the lease that holds all items of a queue, as worker after worker would. */
async function useUp(at: ReturnType<typeof context.newQueue>, retries: number): Promise<void> {
  const queue = await openQueue(context.redis, {name: at.queue})
  for (let turn = 1; turn <= retries; turn++) {
    const take = await queue.take({taker: at.queue, turn, count: 100, lengthMs: 60_000})
    if (take.state !== 'lease') throw new Error(`expected a lease, got ${take.state}`)
    await queue.giveBack(take.lease, {why: 'failed', delayMs: 0})
  }
}

describe('the last record of a queue that never passes', () => {
  /** More than it takes until the record is judged by itself. */
  const RETRIES = 12

  /** Drains records that wait in one lease with many retries, until nothing is left or the lease is given back. */
  async function drainLast(code: string, records: number[], others: number[] = [], options = {}) {
    await context.pool.query('CREATE EXTENSION IF NOT EXISTS dblink')
    const table = await moody(code, 'NEW.a >= 0', REFUSED[code])
    const at = context.newQueue()
    await push(
      context,
      at.keys,
      records.map((a) => `{"a":${a}}`),
    )
    await useUp(at, RETRIES)
    await push(
      context,
      at.keys,
      others.map((a) => `{"a":${a}}`),
    )
    const stop = new AbortController()
    const gaveBack = (lease: {retries: number}) => {
      if (lease.retries >= RETRIES) stop.abort()
    }
    await drainAll(context, await testSink(context, table), at, {
      workers: 1,
      batch: 1,
      maxRetries: 1,
      signal: stop.signal,
      observers: [{gaveBack}],
      ...options,
    })
    return deadLetters(context, at.keys)
  }

  /** A try that comes to nothing, as where Redis answers too late whether the lease is the last, is followed by another. */
  const PATIENTLY = {observers: []}

  it.each(['58030', '08001'])(
    'costs itself alone: %s, as it says something about another place',
    async (code) => {
      const letters = await drainLast(code, [0], [], PATIENTLY)
      expect(letters.map(({payload, reason, code: own}) => [payload, reason, own])).toEqual([
        ['{"a":0}', 'retries_exhausted', code],
      ])
    },
  )

  it('costs itself alone: a statement timeout, where the role may not write the ledger', async () => {
    const letters = await drainLast('57014', [0], [], {...PATIENTLY, ledger: undefined})
    expect(letters.map(({reason, code}) => [reason, code])).toEqual([['retries_exhausted', '57014']])
  })

  it.each([
    ['the disk is full', '53100', [0], []],
    ['other records of its lease fail like it', '58030', [0, 1], []],
    ['other items wait', '08001', [0], [1, 2]],
  ])('stays in the queue where %s', async (_, code, records, others) => {
    expect(await drainLast(code, records, others)).toEqual([])
  })
})

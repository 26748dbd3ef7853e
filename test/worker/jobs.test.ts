import {randomUUID} from 'node:crypto'
import {Queue} from 'bullmq'
import {beforeAll, describe, expect, inject, it} from 'vitest'
import {runReplay} from '../../src/letters/run-replay.ts'
import type {PayloadKind} from '../../src/record/payload/payload.ts'
import {captured} from '../record/payload/captured.ts'
import {deadLetters, drainAll, push, testSink, useServers} from '../support/context.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query(`
    CREATE TABLE points (n int PRIMARY KEY CHECK (n < 1000), text text);
    CREATE TABLE exact (big numeric, half numeric, at timestamptz, tiny numeric, "text" text);
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE TABLE children (n int, parent int REFERENCES parents)`)
})

function job(...args: unknown[]): string {
  return JSON.stringify({class: 'Save', args, jid: randomUUID()})
}

async function rows(sql: string): Promise<unknown[]> {
  return (await context.pool.query(sql)).rows
}

async function drainJobs(
  payload: PayloadKind,
  table: string,
  items: Array<string | Buffer>,
  options: {records?: string; at?: ReturnType<typeof context.newQueue>} & Parameters<typeof drainAll>[3] = {},
) {
  const {records = 'points', at = context.newQueue(), ...drain} = options
  await push(context, at.keys, items)
  const sink = await testSink(context, table, {payload, records})
  return {at, tally: await drainAll(context, sink, at, drain)}
}

describe('jobs', () => {
  it('are written with every digit that Celery wrote', async () => {
    const items = captured('celery').filter(({name}) => name === 'kwargs' || name === 'zlib')
    const {tally} = await drainJobs(
      'celery',
      'exact',
      items.map(({item}) => item),
    )
    expect(tally).toMatchObject({items: 2, inserted: 2, deadLettered: 0})
    const exact = {big: '9007199254740993', half: '1.10', tiny: '0.0000001', text: 'é\u2028🛩'}
    const select = `SELECT big::text, half::text, tiny::text, "text" FROM exact`
    expect(await rows(select)).toEqual([exact, exact])
    expect(
      await rows(`SELECT DISTINCT at AT TIME ZONE 'UTC' = '2026-01-02 03:04:05.678901' AS same FROM exact`),
    ).toEqual([{same: true}])
  })

  it('that are bad become dead letters with their exact bytes, and do not hold up others', async () => {
    const all = captured('celery').map(({item}) => item)
    const notText = Buffer.from([0xff, 0xfe, 0x7b])
    const {at, tally} = await drainJobs('celery', 'children', [...all, notText])
    const letters = await deadLetters(context, at.keys)
    const payloads = letters.map(({payload, payloadBase64}) =>
      payload === undefined ? Buffer.from(String(payloadBase64), 'base64') : Buffer.from(String(payload)),
    )
    expect(tally.items).toBe(all.length + 1)
    expect(tally.deadLettered).toBe(letters.length)
    expect(payloads.some((payload) => payload.equals(notText))).toBe(true)
    for (const payload of payloads) expect([...all, notText].some((item) => item.equals(payload))).toBe(true)
    const reasons = letters.filter(({reason}) => reason === 'malformed').map(({code}) => code)
    expect(reasons.toSorted()).toEqual(
      ['JOB', 'JOB', 'JOB', 'JOB', 'JOB', 'JSON', 'SHAPE', 'SHAPE', 'SHAPE', 'SHAPE', 'UTF8'].toSorted(),
    )
  })

  it('of several records are written whole or not at all', async () => {
    const good = job([{n: 1}, {n: 2}])
    const bad = job([{n: 3}, {n: 1003}, {n: 4}])
    const malformed = job([{n: 5}, 'five'])
    const {at, tally} = await drainJobs('sidekiq', 'points', [good, bad, malformed, job({n: 6})])
    expect(await rows('SELECT n FROM points ORDER BY n')).toEqual([{n: 1}, {n: 2}, {n: 6}])
    expect(tally).toMatchObject({items: 4, inserted: 3, deadLettered: 2})
    const letters = await deadLetters(context, at.keys)
    expect(letters.map(({payload}) => payload).toSorted()).toEqual([bad, malformed].toSorted())
    expect(letters.map(({reason}) => reason).toSorted()).toEqual(['constraint', 'malformed'])
  })

  it('come back exactly as they were by a replay, and are then written once', async () => {
    const item = job([{n: 10}, {n: 2000}])
    const {at} = await drainJobs('sidekiq', 'points', [item])
    const signal = new AbortController().signal
    await runReplay(at.engine, {filter: {}, dryRun: false, signal})
    expect(await context.redis.zrange(at.keys.ready, '0', '-1')).toEqual([item])
    await context.pool.query('ALTER TABLE points DROP CONSTRAINT points_n_check')
    await drainJobs('sidekiq', 'points', [], {at})
    expect(await rows('SELECT n FROM points WHERE n IN (10, 2000) ORDER BY n')).toEqual([{n: 10}, {n: 2000}])
  })

  it('wait for a missing parent as they are', async () => {
    const item = job([
      {n: 71, parent: 7},
      {n: 72, parent: null},
    ])
    let waited = 0
    const observer = {
      settled: async () => {
        if (++waited === 1) await context.pool.query('INSERT INTO parents VALUES (7)')
      },
    }
    const {at, tally} = await drainJobs('sidekiq', 'children', [item], {
      foreignKeys: {retries: 20, delayMs: 50},
      observers: [observer],
    })
    expect(tally).toMatchObject({inserted: 2, deadLettered: 0})
    expect(await deadLetters(context, at.keys)).toEqual([])
    expect(await rows('SELECT n FROM children WHERE n IN (71, 72)')).toHaveLength(2)
  })

  it('are read at the path that was given', async () => {
    const {tally} = await drainJobs('sidekiq', 'points', [job({n: 3001}, {n: 3002})], {records: 'args.1'})
    expect(tally).toMatchObject({inserted: 1})
    expect(await rows('SELECT n FROM points WHERE n > 3000')).toEqual([{n: 3002}])
  })
})

describe('jobs that are kept in hashes', () => {
  it('of BullMQ are read where the library put them, and left there', async () => {
    const {redis} = context
    const at = context.newQueue()
    const {hostname: host, port, password} = new URL(inject('redisUrl'))
    const queue = new Queue(at.queue, {connection: {host, port: Number(port), password}})
    const jobs = await queue.addBulk(
      Array.from({length: 500}, (_, i) => ({name: 'save', data: {n: 5000 + i, text: `é${i}`}})),
    )
    await queue.add('save', 'no object')
    const waiting = `bull:${at.queue}:wait`
    const ids = await redis.lrange(waiting, 0, -1)
    await redis.del(waiting)
    const {tally} = await drainJobs('bullmq', 'points', [...ids, 'lost', 'events'], {at})
    expect(tally).toMatchObject({items: 503, inserted: 500, deadLettered: 3})
    expect(await rows('SELECT count(*)::int AS n FROM points WHERE n >= 5000')).toEqual([{n: 500}])
    const codes = (await deadLetters(context, at.keys)).map(({code, payload}) => `${code} ${payload}`)
    expect(codes.toSorted()).toEqual(['NO_JOB events', 'NO_JOB lost', 'SHAPE 501'])
    expect(await redis.hget(`bull:${at.queue}:${jobs[0].id}`, 'data')).toBe('{"n":5000,"text":"é0"}')
    await queue.obliterate({force: true})
    await queue.close()
  })

  it('of RQ are read without running anything of theirs', async () => {
    const {redis} = context
    const jobs = captured('rq').filter(({name}) => name.startsWith('kwargs'))
    for (const {item, hash} of jobs) {
      await redis.hset(Buffer.concat([Buffer.from('rq:job:'), item]), Object.fromEntries(hash))
    }
    const {tally} = await drainJobs(
      'rq',
      'exact',
      jobs.map(({item}) => item),
    )
    expect(tally).toMatchObject({inserted: jobs.length, deadLettered: 0})
    expect(await rows(`SELECT DISTINCT big::text, tiny::text FROM exact WHERE half IS NULL`)).toEqual([
      {big: '9007199254740993', tiny: '0.0000001'},
    ])
    await redis.del(jobs.map(({item}) => `rq:job:${item}`))
  })
})

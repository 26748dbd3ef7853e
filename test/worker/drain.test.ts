import {randomUUID} from 'node:crypto'
import {once} from 'node:events'
import {beforeAll, describe, expect, inject, it} from 'vitest'
import {pauseQueue} from '../../src/queue/pause.ts'
import {cliEnv, cliJson, startCli} from '../support/cli.ts'
import {deadLetters, drainAll, makeSampleTables, push, testSink, useServers} from '../support/context.ts'

const context = useServers()
const flights = Array.from({length: 5}, () => randomUUID())

beforeAll(async () => {
  await makeSampleTables(context, flights)
})

function point(i: number, flight = flights[i % flights.length]): string {
  const time = new Date(Date.UTC(2026, 0, 1) + i * 1000).toISOString()
  return `{"flight_uuid":"${flight}","flight_id":"F${i % 5}","datetime":"${time}","lat":${46 + i / 1e6},"lon":7.5}`
}

async function count(where = 'true'): Promise<number> {
  const {rows} = await context.pool.query(`SELECT count(*)::int AS n FROM live_track_points WHERE ${where}`)
  return rows[0].n
}

describe('drain', () => {
  it('accounts for every record of items and envelopes, good and bad', async () => {
    const at = context.newQueue()
    const items = Array.from({length: 3000}, (_, i) => point(i))
    const envelopes = Array.from(
      {length: 40},
      (_, e) =>
        `{"retry_count":0,"points":[${Array.from({length: 25}, (_, i) => point(10_000 + e * 25 + i)).join(',')}],"next_retry":null}`,
    )
    const mixed = `{"points":[${point(20_000)},${point(20_001, randomUUID())},{"flight_uuid":1},${point(20_002)}]}`
    await push(context, at.keys, [...items, ...envelopes, mixed, 'not json', '{"points":[]}'])
    const tally = await drainAll(context, await testSink(context, 'live_track_points'), at)
    expect(tally).toMatchObject({inserted: 4002, alreadyThere: 0, deadLettered: 3, items: 3043})
    expect(await count()).toBe(4002)
    const letters = await deadLetters(context, at.keys)
    expect(letters.map((letter) => letter.reason).sort()).toEqual(['foreign_key', 'invalid', 'malformed'])
    expect(letters.find((letter) => letter.reason === 'foreign_key')?.payload).toContain(
      '"datetime":"2026-01-01T05:33:21.000Z"',
    )
    expect(await context.redis.exists(at.keys.ready, at.keys.leases, at.keys.attempts)).toBe(0)
  })

  it('writes a lease only once, when its worker died between commit and acknowledge', async () => {
    await context.pool.query('CREATE TABLE bare (a int)')
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}', '{"a":2}', '{"a":"x"}'])
    const sink = await testSink(context, 'bare')
    const redis = new Proxy(context.redis, {
      get(target, name) {
        const value = Reflect.get(target, name)
        if (name !== 'evalsha') return typeof value === 'function' ? value.bind(target) : value
        // Only the acknowledgement names the canary's key; for this worker, Redis is gone when it sends that
        return (sha: string, keys: number, ...rest: string[]) =>
          rest.includes(at.keys.canary)
            ? Promise.reject(new Error('gone'))
            : target.evalsha(sha, keys, ...rest)
      },
    })
    await expect(drainAll({...context, redis}, sink, at, {workers: 1})).rejects.toThrow('gone')
    for (const id of await context.redis.zrange(at.keys.leases, '0', '-1'))
      await context.redis.zadd(at.keys.leases, 1, id)
    const tally = await drainAll(context, sink, at, {workers: 1})
    expect(tally).toMatchObject({inserted: 0, recovered: 3, deadLettered: 0})
    expect((await context.pool.query('SELECT a FROM bare ORDER BY a')).rows).toEqual([{a: 1}, {a: 2}])
    expect(await deadLetters(context, at.keys)).toHaveLength(1)
    expect(await context.redis.hgetall(at.keys.stats)).toMatchObject({
      inserted: '2',
      already_there: '0',
      dead_lettered: '1',
    })
  })

  it('keeps the items when the table vanishes', async () => {
    await context.pool.query('CREATE TABLE gone (a int)')
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}'])
    const sink = await testSink(context, 'gone')
    await context.pool.query('DROP TABLE gone')
    await expect(drainAll(context, sink, at)).rejects.toThrow('gone')
    const [lease] = await context.redis.zrange(at.keys.leases, '0', '-1')
    expect(await context.redis.zrange(at.keys.lease(lease), '0', '-1')).toEqual(['{"a":1}'])
  })
})

describe('odd queues', () => {
  it.each(['+inf', '-inf'])(
    'an item with the score %s is tried again and dead-lettered like any other',
    async (score) => {
      await context.pool.query('CREATE TABLE IF NOT EXISTS odd (a int, flight uuid REFERENCES flights)')
      const at = context.newQueue()
      await context.redis.zadd(at.keys.ready, score, `{"a":1,"flight":"${randomUUID()}"}`)
      const tally = await drainAll(context, await testSink(context, 'odd'), at, {
        foreignKeys: {retries: 1, delayMs: 1},
      })
      expect(tally).toMatchObject({postponed: 1, deadLettered: 1})
    },
  )

  it('ends where the queue is empty, paused or not', async () => {
    const at = context.newQueue()
    await pauseQueue(context.redis, at.keys)
    expect(await drainAll(context, await testSink(context, 'live_track_points'), at)).toMatchObject({
      leases: 0,
    })
  })

  it('writes items that grow a thousandfold from one lease to the next, in smaller leases', async () => {
    await context.pool.query('CREATE TABLE grown (a int, text text)')
    const at = context.newQueue()
    const text = 'x'.repeat(100_000)
    await push(
      context,
      at.keys,
      Array.from({length: 600}, (_, i) => `{"a":${i}}`),
    )
    const members = Array.from({length: 600}, (_, i) => [1000 + i, `{"a":${1000 + i},"text":"${text}"}`])
    for (const member of members) await context.redis.zadd(at.keys.ready, ...member)
    const tally = await drainAll(context, await testSink(context, 'grown'), at, {workers: 1, batch: 500})
    expect(tally).toMatchObject({inserted: 1200, deadLettered: 0, lostLeases: 0})
    expect(await context.redis.exists(at.keys.leases, at.keys.attempts)).toBe(0)
  })
})

describe('qtool work', () => {
  it('loses and repeats nothing when it is killed in the middle', async () => {
    await context.pool.query('CREATE TABLE kill_me (a int)')
    const at = context.newQueue()
    const total = 60_000
    for (let i = 0; i < total; i += 1000) {
      const members = Array.from({length: 1000}, (_, j) => [i + j, `{"a":${i + j}}`]).flat()
      await context.redis.zadd(at.keys.ready, ...members)
    }
    const args = [
      'work',
      '-q',
      at.queue,
      '--table',
      `${context.schema}.kill_me`,
      '--until-empty',
      '--lease',
      '1s',
      '--batch',
      '500',
    ]
    const env = cliEnv()
    const worker = startCli(args, env)
    while ((await context.redis.zcard(at.keys.ready)) > total / 2) await new Promise(setImmediate)
    worker.kill('SIGKILL')
    await once(worker, 'close')
    expect(await context.redis.zcard(at.keys.leases)).toBeGreaterThan(0)
    const {json, code} = await cliJson(args, {env})
    expect(code).toBe(0)
    const {rows} = await context.pool.query(
      'SELECT count(*)::int AS n, count(DISTINCT a)::int AS distinct FROM kill_me',
    )
    expect(rows[0]).toEqual({n: total, distinct: total})
    expect(json.deadLettered).toBe(0)
  })

  it('spreads its workers over processes and adds up what they did', async () => {
    await context.pool.query('CREATE TABLE spread (a int)')
    const at = context.newQueue()
    await push(context, at.keys, [...Array.from({length: 500}, (_, i) => `{"a":${i}}`), 'bad'])
    const args = [
      'work',
      '-q',
      at.queue,
      '--table',
      `${context.schema}.spread`,
      '--until-empty',
      '--processes',
      '2',
      '--workers',
      '3',
      '--batch',
      '20',
    ]
    const {json, code} = await cliJson(args)
    expect(code).toBe(3)
    expect(json).toMatchObject({
      inserted: 500,
      deadLettered: 1,
      deadLettersByReason: {malformed: 1},
      queue: at.queue,
    })
  })

  it('stops at the first signal with its summary and leaves nothing leased', async () => {
    await context.pool.query('CREATE TABLE calm (a int)')
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}'])
    const worker = startCli(['work', '-q', at.queue, '--table', `${context.schema}.calm`, '--json'])
    while ((await context.pool.query('SELECT FROM calm')).rowCount === 0) await new Promise(setImmediate)
    let text = ''
    worker.stdout.on('data', (part) => {
      text += part
    })
    worker.kill('SIGINT')
    const [code] = await once(worker, 'close')
    expect(code).toBe(130)
    expect(JSON.parse(text)).toMatchObject({inserted: 1})
    expect(await context.redis.exists(at.keys.leases)).toBe(0)
  })

  it('works with a role that may only insert, and says what that costs', async () => {
    await context.pool.query(`CREATE TABLE narrow (a int PRIMARY KEY);
      CREATE ROLE ${context.schema}_narrow LOGIN PASSWORD 'narrow'; GRANT USAGE ON SCHEMA ${context.schema} TO ${context.schema}_narrow;
      GRANT INSERT ON narrow TO ${context.schema}_narrow`)
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}', '{"a":2}', '{"a":"x"}'])
    const url = inject('databaseUrl').replace(/\/\/[^@]*@/, `//${context.schema}_narrow:narrow@`)
    const args = ['work', '-q', at.queue, '--table', `${context.schema}.narrow`, '--until-empty']
    const {json, stderr} = await cliJson(args, {env: cliEnv({DATABASE_URL: url})})
    expect(json).toMatchObject({inserted: 2, deadLettered: 1})
    expect(stderr).toContain('cannot write the ledger')
    await context.pool.query(`DROP OWNED BY ${context.schema}_narrow; DROP ROLE ${context.schema}_narrow`)
  })
})

describe('qtool inspect', () => {
  it('shows the workers of a queue while they work, with the state of their servers', async () => {
    const at = context.newQueue()
    const stop = new AbortController()
    const sink = await testSink(context, 'live_track_points')
    const work = drainAll(context, sink, at, {untilEmpty: false, signal: stop.signal})
    while ((await context.redis.hlen(at.keys.workers)) === 0) await new Promise(setImmediate)
    const {json} = await cliJson(['inspect', '-q', at.queue])
    expect(json.workers).toMatchObject([{workers: 3, postgres: 'closed', redis: 'closed'}])
    stop.abort()
    await work
    expect(await context.redis.exists(at.keys.workers)).toBe(0)
  })
})

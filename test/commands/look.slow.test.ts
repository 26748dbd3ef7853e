import {describe, expect, it} from 'vitest'
import {cli, cliJson} from '../support/cli.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

const letter = (n: number, reason: string) =>
  JSON.stringify({
    qtool: 1,
    id: `lease:${n}`,
    queue: 'q',
    reason,
    code: '23503',
    message: `message ${n} \u001b[31m`,
    failedAt: 'x',
    attempts: 1,
    score: 1,
    payload: `{"a":${n}}`,
  })

describe('qtool inspect', () => {
  it('answers with every field the same, for a paused queue with nothing in it too', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.set(keys.paused, '1')
    const {code, json} = await cliJson(['inspect', '-q', queue])
    expect(code).toBe(0)
    expect(json).toMatchObject({
      queue,
      ready: 0,
      leased: 0,
      deadLetters: 0,
      deadLettersByReason: {},
      oldestMs: null,
    })
    expect(Object.keys(json)).toEqual(expect.arrayContaining(['memory', 'slowlog', 'server', 'verified']))
    expect(json.server.clients.max).toBeGreaterThan(0)
  })

  it('counts items, leases and dead letters by reason', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":1}', '{"a":2}'])
    await context.redis.zadd(keys.leases, 1, 'id')
    await context.redis.zadd(keys.lease('id'), 0, 'x', 1, 'y', 2, 'z')
    await context.redis.zadd(
      keys.dead,
      1e12,
      letter(1, 'foreign_key'),
      2e12,
      letter(2, 'invalid'),
      3e12,
      letter(3, 'invalid'),
    )
    const {json} = await cliJson(['inspect', '-q', queue])
    expect(json).toMatchObject({ready: 2, leased: 3, leases: 1, overdueLeases: 1, deadLetters: 3})
    // They were added by hand, so no counter includes them
    expect(json).toMatchObject({deadLettersByReason: {}, foreignDeadLetters: 3, verified: null})
    expect(json).toMatchObject({
      firstFailedAt: '2001-09-09T01:46:40.000Z',
      lastFailedAt: '2065-01-24T05:20:00.000Z',
    })
    const verified = await cliJson(['inspect', '-q', queue, '--verify'])
    expect(verified).toMatchObject({code: 5, json: {verified: {letters: 3}}})
    expect(verified.json.deadLettersByReason).toEqual({invalid: 2, foreign_key: 1})
    const again = await cliJson(['inspect', '-q', queue, '--verify'])
    expect(again).toMatchObject({code: 0, json: {verified: {letters: 3, mended: []}, warnings: []}})
    const text = await cli(['inspect', '-q', queue])
    expect(text.stdout).toMatch(/^ invalid +2 {2}2033-05-18 03:33:20Z {2}2065-01-24 05:20:00Z$/m)
    expect(text.stdout).toMatch(/^ foreign_key +1 {2}2001-09-09 01:46:40Z {2}2001-09-09 01:46:40Z$/m)
    expect(text.stderr).toBe('')
  })
})

describe('qtool peek', () => {
  it('shows the next items, escaped, and leaves the queue unchanged', async () => {
    const {queue, keys} = context.newQueue()
    await push(context, keys, ['{"a":"\u009b2J"}', '{"a":2}', Buffer.from([0xff, 0x00])])
    const {stdout} = await cli(['peek', '-q', queue, '-n', '3'])
    expect(stdout).toContain('{"a":"\\u009b2J"}')
    const {json} = await cliJson(['peek', '-q', queue, '-n', '3'])
    expect(json.items.map((item: {payload: string}) => item.payload)).toEqual([
      '{"a":"\u009b2J"}',
      '{"a":2}',
      '/wA=',
    ])
    expect(await context.redis.zcard(keys.ready)).toBe(3)
  })
})

describe('qtool dlq', () => {
  it('lists dead letters of qtool, of the service before it, and of anybody', async () => {
    const {queue, keys} = context.newQueue()
    const service =
      '{"points":[{"a":1},{"a":2}],"original_queue":"live_points","reason":"Missing flight","timestamp":"2026-01-01T00:00:00","count":2}'
    await context.redis.zadd(
      keys.dead,
      1_767_225_600,
      service,
      1.8e12,
      letter(1, 'foreign_key'),
      1.9e12,
      Buffer.from([0xfe, 0xff]),
    )
    const {json} = await cliJson(['dlq', 'list', '-q', queue])
    expect(json).toMatchObject({
      deadLetters: 3,
      records: 4,
      deadLettersByReason: {foreign_key: 1},
      foreignDeadLetters: 2,
    })
    expect(json.items[2]).toMatchObject({
      reason: 'Missing flight',
      records: 2,
      failedAt: '2026-01-01T00:00:00.000Z',
      payload: service,
    })
    const {stdout} = await cli(['dlq', 'list', '-q', queue, '--reason', 'foreign_key'])
    expect(stdout).toContain('message 1 \\u001b[31m')
    expect(stdout).not.toContain('\u001b')
  })

  it('shows one whole', async () => {
    const {queue, keys} = context.newQueue()
    await context.redis.zadd(keys.dead, 1.8e12, letter(7, 'invalid'), 1.9e12, 'not json')
    expect((await cliJson(['dlq', 'show', 'lease:7', '-q', queue])).json).toMatchObject({
      id: 'lease:7',
      payload: '{"a":7}',
    })
    const {json} = await cliJson(['dlq', 'list', '-q', queue])
    expect((await cliJson(['dlq', 'show', json.items[0].id, '-q', queue])).json.payload).toBe('not json')
    const missing = await cliJson(['dlq', 'show', 'nope', '-q', queue])
    expect(missing).toMatchObject({code: 2, json: {error: {code: 'NO_LETTER'}}})
  })
})

describe('qtool demo', () => {
  it('accounts for 50,000 records of real flights', async () => {
    const {code, json} = await cliJson(['demo'])
    expect(code).toBe(0)
    expect(json).toMatchObject({read: 50_000, conserved: true, deadLetters: 1000, leased: 0, ready: 0})
    expect(json.rows + json.deadLetters).toBe(json.enqueued)
  })

  it('says that its own queue is paused, and ends', async () => {
    await cli(['pause', '-q', 'qtool_demo'])
    const {code, stderr} = await cli(['demo'])
    await cli(['resume', '-q', 'qtool_demo'])
    expect(code).toBe(6)
    expect(stderr).toContain('queue qtool_demo is paused\n  → qtool resume -q qtool_demo')
  })

  it('drops no table of somebody else in a schema of its name', async () => {
    await context.pool.query('CREATE TABLE qtool_demo.mine (a int)')
    const {code, stderr} = await cli(['demo'])
    await context.pool.query('DROP TABLE qtool_demo.mine')
    expect(code).toBe(6)
    expect(stderr).toContain("qtool_demo.mine in it is not the demo's")
  })
})

describe('qtool migrate', () => {
  it('is safe to run twice, also at the same time', async () => {
    const both = await Promise.all([cliJson(['migrate']), cliJson(['migrate'])])
    expect(both.map((run) => run.code)).toEqual([0, 0])
    expect(both.map((run) => run.json)).toEqual(Array(2).fill({applied: [], sample: null}))
  })
})

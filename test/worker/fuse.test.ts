import {describe, expect, it} from 'vitest'
import {runReplay} from '../../src/letters/run-replay.ts'
import {Fuse} from '../../src/worker/fuse.ts'
import {NO_FUSE, USUAL} from '../../src/worker/policy.ts'
import {drainAll, testSink, useServers} from '../support/context.ts'

const context = useServers()
const {fuse} = USUAL
let tables = 0

/** A table with a column of integers, and a queue in which `isBad` says which records have a text there. */
async function fill(count: number, isBad: (i: number) => boolean) {
  const table = `fused_${++tables}`
  await context.pool.query(`CREATE TABLE ${table} (id int PRIMARY KEY, a int NOT NULL)`)
  const at = context.newQueue()
  const item = (i: number) => (isBad(i) ? `{"id":${i},"a":"bad"}` : `{"id":${i},"a":1}`)
  const members = Array.from({length: count}, (_, i) => [i, item(i)]).flat()
  await context.redis.zadd(at.keys.ready, ...members)
  return {at, table, sink: await testSink(context, table)}
}

/** Where all the records are, by Redis and Postgres alone. */
async function places({at: {keys}, table}: Awaited<ReturnType<typeof fill>>) {
  const {redis, pool} = context
  const leases = await redis.zrange(keys.leases, '0', '-1')
  const leased = await Promise.all(leases.map((id) => redis.zcard(keys.lease(id))))
  const {rows} = await pool.query(`SELECT count(*)::int AS n FROM ${table}`)
  const kept = leased.reduce((sum, n) => sum + n, await redis.zcard(keys.ready))
  return {rows: rows[0].n, dead: await redis.zcard(keys.dead), kept}
}

const every = (n: number) => (i: number) => i % n === 0
const all = () => true

describe('the fuse', () => {
  it('stops before a wrong table turns a queue into dead letters, and says why', async () => {
    const wrong = await fill(1500, all)
    const stopped = await drainAll(context, wrong.sink, wrong.at, {fuse}).catch((error: unknown) => error)
    expect(stopped).toMatchObject({code: 'TOO_MANY_REFUSED', kind: 'check'})
    const {message, suggestions} = stopped as {message: string; suggestions: string[]}
    expect(message).toMatch(/^stopped: ([\d,]+) of the last \1 records would become dead letters/)
    expect(suggestions.join('\n')).toMatch(/invalid 22P02 a: .*\none of them: \{"id":\d+,"a":"bad"\}/)
    const found = await places(wrong)
    expect(found.dead).toBeLessThan(500)
    expect(found).toEqual({rows: 0, dead: found.dead, kept: 1500 - found.dead})
  })

  it('stops although nothing else is left to be tried', async () => {
    const wrong = await fill(600, all)
    await expect(drainAll(context, wrong.sink, wrong.at, {fuse})).rejects.toThrow('would become dead letters')
    expect((await places(wrong)).dead).toBeLessThan(500)
  })

  it.each([
    ['every tenth record is bad', 3000, every(10)],
    ['the first 1500 of 5000 are bad', 5000, (i: number) => i < 1500],
    ['there are only 499', 499, all],
  ])('goes on if %s', async (_, count, isBad) => {
    const queue = await fill(count, isBad)
    const bad = Array.from({length: count}, (_, i) => i).filter(isBad).length
    await drainAll(context, queue.sink, queue.at, {fuse})
    expect(await places(queue)).toEqual({rows: count - bad, dead: bad, kept: 0})
  })

  it('does not count what was a dead letter before', async () => {
    const queue = await fill(800, all)
    const {engine, keys} = queue.at
    await drainAll(context, queue.sink, queue.at, {fuse: NO_FUSE})
    expect(await context.redis.zcard(keys.dead)).toBe(800)
    await runReplay(engine, {filter: {}, dryRun: false, signal: new AbortController().signal})
    expect(await context.redis.zcard(keys.ready)).toBe(800)
    await drainAll(context, queue.sink, queue.at, {fuse})
    expect(await places(queue)).toEqual({rows: 0, dead: 800, kept: 0})
  })

  it('knows nothing of a table that has changed', () => {
    const own = new Fuse({share: 0.5, processes: 1})
    const bad = {cause: {reason: 'invalid', code: '22P02', message: 'no'} as const, text: () => 'x'}
    const judge = (leaseId: string, records: number, refused: number) =>
      own.judge({leaseId, records, refused: Array.from({length: refused}, () => bad)})
    own.expect('a')
    judge('1', 400, 400)
    own.expect('a')
    expect(() => judge('2', 100, 100)).toThrow('too many')
    own.expect('b')
    judge('3', 400, 400)
    expect(() => judge('4', 100, 100)).toThrow('too many')
    // The share counts, not the time: with enough good ones, the same lease passes
    judge('5', 500, 0)
    judge('4', 100, 100)
  })
})

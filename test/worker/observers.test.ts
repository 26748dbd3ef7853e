import {beforeAll, describe, expect, it} from 'vitest'
import {pauseQueue, resumeQueue} from '../../src/queue/pause.ts'
import type {WorkerObserver} from '../../src/worker/observer.ts'
import {fanOut} from '../../src/worker/observers.ts'
import {MOST_DEATHS} from '../../src/worker/poison.ts'
import {drainAll, push, testSink, useServers} from '../support/context.ts'
import {held} from '../support/leases.ts'

const context = useServers()

beforeAll(async () => {
  await context.pool.query('CREATE TABLE seen (a int CHECK (a <> 13), b int)')
})

/** Writes down every event as one line. */
function writer(lines: string[], also: WorkerObserver = {}): WorkerObserver {
  const line: WorkerObserver = {
    taken: (lease) => lines.push(`taken, attempt ${lease.attempt}`),
    written: (_, {inserted, deadLetters}, ms) => {
      expect(ms).toBeGreaterThan(0)
      lines.push(`written ${inserted} rows and ${deadLetters.length} letters`)
    },
    settled: (_, {wasApplied, refused}) => {
      lines.push(`settled${wasApplied ? ' again' : ''} ${refused.map(({reason}) => reason)}`)
    },
    gaveBack: (_, why) => lines.push(`gave back ${why}`),
    split: () => lines.push('split'),
    lost: () => lines.push('lost'),
    breaker: (server, state) => lines.push(`${server} ${state}`),
    paused: (paused, items) => lines.push(paused ? `paused with ${items}` : 'resumed'),
    sinkChanged: (sink) => lines.push(`${sink.table.columns.length} columns`),
  }
  return fanOut([line, also])
}

async function eventsOf(items: string[], also: WorkerObserver = {}, before = async () => {}) {
  const at = context.newQueue()
  await push(context, at.keys, items)
  const sink = await testSink(context, 'seen')
  await before()
  const lines: string[] = []
  await drainAll(context, sink, at, {workers: 1, observers: [writer(lines, also)]})
  return lines
}

describe('an observer', () => {
  it('sees a lease taken, written and settled, with the reasons of its dead letters', async () => {
    expect(await eventsOf(['{"a":1}', '{"a":13}', 'no'])).toEqual([
      'taken, attempt 1',
      'written 1 rows and 2 letters',
      'settled malformed,constraint',
    ])
  })

  it('sees a lease given back and taken again after a transient error', async () => {
    await context.pool.query(`CREATE SEQUENCE moods; CREATE FUNCTION mood() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN IF nextval('${context.schema}.moods') = 1 THEN RAISE EXCEPTION 'not yet' USING ERRCODE = '40001'; END IF; RETURN NEW; END $$;
      CREATE TRIGGER mood BEFORE INSERT ON seen FOR EACH ROW EXECUTE FUNCTION mood()`)
    expect(await eventsOf(['{"a":1}'])).toEqual([
      'taken, attempt 1',
      'gave back failed',
      'taken, attempt 2',
      'written 1 rows and 0 letters',
      'settled ',
    ])
    await context.pool.query('DROP TRIGGER mood ON seen')
  })

  it('sees a lease split whose holders keep dying, and its halves', async () => {
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}', '{"a":2}'])
    for (let turn = 1; turn <= MOST_DEATHS; turn++) {
      const {id} = held(await at.engine.take({taker: 'dies', turn, count: 2, lengthMs: 60_000}))
      await context.redis.zadd(at.keys.leases, 1, id)
    }
    const lines: string[] = []
    const options = {workers: 1, observers: [writer(lines)]}
    await drainAll(context, await testSink(context, 'seen'), at, options)
    const half = ['taken, attempt 3', 'written 1 rows and 0 letters', 'settled ']
    expect(lines).toEqual(['taken, attempt 4', 'split', ...half, ...half])
  })

  it('sees that the table was read again', async () => {
    const dropColumn = async () => void (await context.pool.query('ALTER TABLE seen DROP COLUMN b'))
    expect(await eventsOf(['{"a":1,"b":1}'], {}, dropColumn)).toContain('1 columns')
  })

  it('sees a pause and its end once each', async () => {
    const at = context.newQueue()
    await push(context, at.keys, ['{"a":1}', '{"a":2}'])
    await pauseQueue(context.redis, at.keys)
    const stop = new AbortController()
    const lines: string[] = []
    const also: WorkerObserver = {
      paused: (paused) => paused && void resumeQueue(context.redis, at.keys),
      settled: () => stop.abort(),
    }
    const options = {untilEmpty: false, signal: stop.signal, observers: [writer(lines, also)]}
    await drainAll(context, await testSink(context, 'seen'), at, options)
    expect(lines.slice(0, 2)).toEqual(['paused with 2', 'resumed'])
    expect(lines.filter((line) => /paused|resumed/.test(line))).toHaveLength(2)
  })
})

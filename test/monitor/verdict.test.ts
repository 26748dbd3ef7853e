import {describe, expect, it} from 'vitest'
import {judgeRow} from '../../src/monitor/judged-row.ts'
import type {Rates} from '../../src/monitor/observation.ts'
import {observe} from '../../src/monitor/observe.ts'
import {readingOf} from '../../src/monitor/reading.ts'
import {queueRow} from '../support/queue-row.ts'
import {workerState} from '../support/worker-state.ts'
import {inspection, reading} from './readings.ts'

const worker = (fields = {}) => workerState('a:1', {workers: 2, ...fields})
const server = (usedBytes: number, policy = 'noeviction') => ({
  usedBytes,
  peakBytes: usedBytes,
  maxBytes: 1000,
  policy,
  fragmentation: 1,
  clients: {connected: 1, blocked: 0, max: 100},
})

/** The verdict on a queue that was read once. */
const judged = (fields: Parameters<typeof inspection>[0]) => {
  const found = inspection(fields)
  return observe(found, [readingOf(found)]).verdict
}

describe('no workers', () => {
  it('is critical while items wait', () => {
    expect(judged({ready: 5000})).toEqual({
      level: 'critical',
      text: 'no workers',
      reason: '5,000 items wait and no worker has reported for 15 s',
    })
  })

  it('is not said of an empty queue, of a paused one, or of one with a worker', () => {
    expect(judged({})).toMatchObject({level: 'ok', text: 'empty'})
    expect(judged({ready: 1, paused: true})).toMatchObject({level: 'ok', text: 'paused'})
    expect(judged({ready: 1, workers: [worker()]})).toMatchObject({level: 'ok', text: 'working'})
  })

  it('is not said if records come out nevertheless', () => {
    const found = inspection({ready: 9, totals: {...reading({}).totals, inserted: 8}})
    const at = Date.parse(found.at)
    const readings = [reading({atMs: at - 1000, totals: {inserted: 3}}), readingOf(found)]
    expect(observe(found, readings).verdict).toMatchObject({level: 'ok'})
  })
})

it('says which server workers cannot reach', () => {
  const workers = [worker(), worker({postgres: 'open'}), worker({postgres: 'half-open'})]
  expect(judged({ready: 1, workers})).toEqual({
    level: 'critical',
    text: 'Postgres away',
    reason: '2 of 3 worker processes cannot reach Postgres',
  })
})

it.each([
  [server(949), 'warning', 'Redis filling'],
  [server(950), 'critical', 'Redis full'],
  [server(100, 'allkeys-lru'), 'warning', 'Redis evicts'],
  [server(990, 'allkeys-lru'), 'critical', 'Redis full'],
  [server(849), 'ok', 'empty'],
  [{...server(990, 'allkeys-lru'), maxBytes: 0}, 'ok', 'empty'],
])('judges the server %j as %s, %s', (found, level, text) => {
  expect(judged({server: found})).toMatchObject({level, text})
})

/** The verdict after 20 s in which something gained so much a second. */
function after(gained: {backlog?: number; inserted?: number; deadLettered?: number; overdueLeases?: number}) {
  const {backlog = 0, inserted = 0, deadLettered = 0, overdueLeases = 0} = gained
  const at = Date.parse('2026-11-26T10:00:00Z')
  const readings = Array.from({length: 21}, (_, i) =>
    reading({
      atMs: at - (20 - i) * 1000,
      backlog: 1000 + backlog * i,
      workers: 2,
      overdueLeases,
      totals: {enqueued: 1, inserted: inserted * i, deadLettered: deadLettered * i},
    }),
  )
  const deadLettersByReason = {foreign_key: 3}
  const found = inspection({
    ready: 1000 + backlog * 20,
    workers: [worker()],
    overdueLeases,
    deadLettersByReason,
  })
  return observe(found, readings).verdict
}

it('warns of a backlog that grows', () => {
  expect(after({backlog: 50})).toEqual({
    level: 'warning',
    text: 'not draining',
    reason: 'the backlog of 2,000 items grows by 50/s',
  })
})

it('warns of new dead letters, and is critical where most records become some', () => {
  expect(after({inserted: 90, deadLettered: 10})).toMatchObject({level: 'warning', text: 'dead letters'})
  expect(after({inserted: 20, deadLettered: 80})).toEqual({
    level: 'critical',
    text: 'failing',
    reason: '80 % of the records become dead letters, mostly for foreign_key',
  })
})

it('is critical if nothing changes though workers are there', () => {
  expect(after({})).toMatchObject({level: 'critical', text: 'stalled'})
})

it('warns of leases that nobody takes over, and not of those that have only just ended', () => {
  expect(after({inserted: 1, overdueLeases: 2})).toMatchObject({level: 'warning', text: 'overdue leases'})
  expect(judged({leases: 2, overdueLeases: 2, leased: 5, workers: [worker()]})).toMatchObject({level: 'ok'})
})

it('warns of an item that waits for more than 15 minutes, and of a pause that makes it wait', () => {
  const late = {ready: 3, oldestMs: 15 * 60_000 + 1, workers: [worker()]}
  expect(judged(late)).toEqual({
    level: 'warning',
    text: 'late',
    reason: '3 items wait, the next one for 15 m 0 s',
  })
  expect(judged({...late, paused: true})).toMatchObject({level: 'warning', text: 'paused long'})
  expect(judged({...late, oldestMs: 15 * 60_000})).toMatchObject({level: 'ok'})
})

describe('one row among others', () => {
  const growing = Array.from({length: 10}, (_, i) => [2 * i, 100 * i] as const)
  it.each([
    [{ready: 3}, [], 'critical', 'no workers'],
    [{ready: 3, outPerSecond: 1}, [], 'ok', 'working'],
    [{ready: 900, workers: 4}, growing, 'warning', 'not draining'],
    [{ready: 900, workers: 4, paused: true}, growing, 'ok', 'paused'],
    [{problem: 'not supported', ready: null}, [], 'warning', 'unreadable'],
  ] as const)('%j is judged by the same rules', (fields, backlogs, level, text) => {
    expect(judgeRow(queueRow(fields), backlogs).verdict).toMatchObject({level, text})
  })
})

it('has null rates in an observation of one reading', () => {
  const none: Rates = {in: null, out: null, deadLettered: null}
  expect(observe(inspection(), [readingOf(inspection())]).rates).toEqual(none)
})

it('does not forget within minutes that records have failed', () => {
  const at = '2026-11-26T21:00:00.000Z'
  const failed = {deadLetters: 21_500, deadLettersByReason: {foreign_key: 21_000, invalid: 500}, at}
  expect(judged({...failed, lastFailedAt: '2026-11-26T20:58:00.000Z'})).toEqual({
    level: 'warning',
    text: 'dead letters',
    reason: '21,500 dead letters, mostly for foreign_key, the last one 2 m 0 s ago',
  })
  const mostlyForeign = {...failed, deadLetters: 13, deadLettersByReason: {malformed: 1}}
  expect(judged({...mostlyForeign, lastFailedAt: at})).toMatchObject({
    reason: '13 dead letters, the last one 0 ms ago',
  })
  expect(judged({...failed, lastFailedAt: '2026-11-26T20:00:00.000Z'})).toEqual({
    level: 'ok',
    text: 'dead letters',
    reason: '21,500 dead letters, mostly for foreign_key, the last one 1 h 0 m ago',
  })
  expect(
    judgeRow(queueRow({ready: 0, leased: 0, deadLetters: 7, lastFailedAgoMs: 1000}), []).verdict,
  ).toMatchObject({
    text: 'dead letters',
  })
})

import {describe, expect, it} from 'vitest'
import {type Evidence, nameLimit} from '../../../src/bench/measure/evidence.ts'

const CALM: Evidence = {
  samples: 40,
  usage: {
    qtool: {cpu: 20, memory: 1e8, source: 'process'},
    redis: {cpu: 18, memory: 1e8, source: 'process'},
    postgres: {cpu: 40, memory: 1e8, source: 'process'},
    loopLagMs: 2.9,
  },
  loopBusy: 0.2,
  machine: {cores: 2, busy: 0.5},
  roundTrip: 0.21,
  pool: {max: 20, inUse: 8, waiting: 0},
  waits: {active: 4, idleInTransaction: 1, events: {'Client ClientRead': 0.5, 'IO WALSync': 0.5}},
  trips: null,
}

function busy(changed: {qtool?: number; redis?: number; postgres?: number}): Evidence['usage'] {
  const of = (cpu: number) => ({cpu, memory: 1e8, source: 'process' as const})
  const {qtool = 20, redis = 18, postgres = 40} = changed
  return {qtool: of(qtool), redis: of(redis), postgres: of(postgres), loopLagMs: 2.9}
}

const waiting = (events: Record<string, number>) => ({waits: {active: 8, idleInTransaction: 0, events}})

describe('the limit is', () => {
  it.each<[string, Partial<Evidence>, string]>([
    ['generator', {usage: busy({qtool: 97})}, 'qtool event loop 20 % busy, 97 % of a core, p99 delay 2.9 ms'],
    ['generator', {loopBusy: 0.99}, 'qtool event loop 99 % busy, 20 % of a core, p99 delay 2.9 ms'],
    ['redis cpu', {usage: busy({redis: 98})}, 'redis 98 % of a core'],
    [
      'postgres locks',
      waiting({'Lock transactionid': 5, 'LWLock BufferContent': 1, 'IO WALSync': 1}),
      'postgres locks: 6.0 of 8.0 active backends waited, most on Lock transactionid',
    ],
    [
      'postgres writes',
      waiting({'IO WALSync': 3, 'LWLock WALWrite': 2, 'Lock extend': 1}),
      'postgres writes: 6.0 of 8.0 active backends waited, most on IO WALSync',
    ],
    [
      'postgres cpu',
      {usage: busy({postgres: 130}), machine: {cores: 2, busy: 0.98}},
      'postgres 130 % of a core, 2 cores of this machine 98 % busy',
    ],
    [
      'machine cpu',
      {usage: busy({postgres: 70}), machine: {cores: 2, busy: 0.98}},
      'postgres 70 % of a core, 2 cores of this machine 98 % busy, 88 % of a core by other programs',
    ],
    [
      'machine cpu',
      {machine: {cores: 2, busy: 0.98}, usage: busy({postgres: 10})},
      'postgres 10 % of a core',
    ],
    [
      'postgres pool',
      {pool: {max: 20, inUse: 20, waiting: 0.71}},
      'pool wait 71 % of the time (20.0 of 20 in use)',
    ],
    [
      'round trip',
      {trips: {perSecond: 11, ms: 90.1, lanes: 1}},
      '11 round trips/s of 90.10 ms, 1 at a time: 99 % of the time',
    ],
    ['none', {}, 'qtool event loop 20 % busy'],
  ])('%s', (what, changed, first) => {
    const limit = nameLimit({...CALM, ...changed})
    expect(limit.what).toBe(what)
    expect(limit.evidence[0]).toContain(first)
  })
})

describe('the limit behind another is named:', () => {
  it('locks where the pool is used up by connections that wait for them', () => {
    const limit = nameLimit({
      ...CALM,
      ...waiting({'Lock tuple': 7}),
      pool: {max: 20, inUse: 20, waiting: 1},
    })
    expect(limit.what).toBe('postgres locks')
  })

  it('the machine where an event loop that is never idle does not get the CPU it could use', () => {
    const limit = nameLimit({...CALM, loopBusy: 1, usage: busy({qtool: 40}), machine: {cores: 2, busy: 1}})
    expect(limit.what).not.toBe('generator')
  })
})

it('does not take the one statement that happens to wait for what holds all up', () => {
  const waits = {active: 0.8, idleInTransaction: 0, events: {'IO WALSync': 0.7}}
  expect(nameLimit({...CALM, waits}).what).toBe('none')
})

it('says nothing of what was not looked at', () => {
  const usage = {...busy({}), redis: null, postgres: null}
  const limit = nameLimit({...CALM, usage, roundTrip: null, pool: null, waits: null})
  expect(limit).toEqual({
    what: 'none',
    evidence: [
      'qtool event loop 20 % busy, 20 % of a core, p99 delay 2.9 ms',
      '2 cores of this machine 50 % busy',
    ],
  })
})

import {expect, it} from 'vitest'
import type {JudgedRow} from '../../src/monitor/judged-row.ts'
import type {Verdict} from '../../src/monitor/observation.ts'
import {chooseRows} from '../../src/page/columns.ts'
import {summarise} from '../../src/page/summary.ts'

function row(queue: string, level: Verdict['level'], ready: number | null = 0): JudgedRow {
  return {
    ...{
      queue,
      engine: 'zset',
      readyKey: null,
      payload: null,
      shards: null,
      problem: null,
      ready,
      leased: 0,
      overdueLeases: 0,
      deadLetters: 0,
    },
    ...{
      lastFailedAgoMs: null,
      oldestMs: null,
      paused: false,
      pauseEndsInMs: null,
      workers: 0,
      inPerSecond: null,
      outPerSecond: null,
      lastMinute: null,
      recentReady: [],
      forecast: {state: 'unknown'},
    },
    memory: null,
    verdict: {level, text: level, reason: ''},
  }
}

it('names the queues that need attention, the worst first', () => {
  const rows = [row('a', 'ok'), row('b', 'warning'), row('c', 'critical')]
  const {level, text, worrying} = summarise(rows)
  expect({level, text}).toEqual({level: 'critical', text: '2 of 3 queues need attention'})
  expect(worrying.map(({queue}) => queue)).toEqual(['c', 'b'])
})

it.each([
  ['no queue on this Redis yet', []],
  ['the queue is in order', [row('a', 'ok')]],
  ['all 2 queues are in order', [row('a', 'ok'), row('b', 'ok')]],
  ['1 of 2 queues needs attention', [row('a', 'warning'), row('b', 'ok')]],
])('says: %s', (text, rows) => {
  expect(summarise(rows).text).toBe(text)
})

it('chooses rows by a part of the name, in any case, and sorts what has no figure last', () => {
  const rows = [
    row('Orders', 'ok', 1),
    row('orders-eu', 'ok', null),
    row('points', 'ok', 9),
    row('a-order', 'ok', 2),
  ]
  const names = (sort: string) => chooseRows(rows, {filter: ' ORDER ', sort}).map(({queue}) => queue)
  expect(names('ready')).toEqual(['a-order', 'Orders', 'orders-eu'])
  expect(names('name')).toEqual(['Orders', 'a-order', 'orders-eu'])
})

import {expect, it} from 'vitest'
import type {QueueRow} from '../../../src/queue/survey/queue-row.ts'
import {ORDERS, sortRows} from '../../../src/queue/survey/sort-rows.ts'
import {queueRow} from '../../support/queue-row.ts'

const [small, large, none] = [1, 2, null].map((n, i) =>
  queueRow({
    queue: 'abc'[i],
    ready: n,
    leased: n,
    deadLetters: n,
    oldestMs: n,
    workers: n,
    inPerSecond: n,
    outPerSecond: n,
    memory: n === null ? null : {ready: {bytes: n, isEstimate: false}, deadLetters: null},
  }),
)
const namesOf = (rows: QueueRow[]) => rows.map(({queue}) => queue).join('')

it('sorts by name', () => {
  expect(namesOf(sortRows([none, large, small], 'name'))).toBe('abc')
})

it.each(ORDERS.filter((order) => order !== 'name'))('puts the largest first, and none last: %s', (order) => {
  expect(namesOf(sortRows([none, small, large], order))).toBe('bac')
})

it('puts equal ones in the order of their names', () => {
  const rows = ['z', 'a', 'm'].map((queue) => queueRow({queue, ready: 3}))
  expect(namesOf(sortRows(rows, 'ready'))).toBe('amz')
})

import {expect, it} from 'vitest'
import {holdersOf, holdersOfEach, nodesOf, readSlotMap} from '../../../src/redis/cluster/slot-map.ts'

const AT = {host: 'asked', port: 7000}
const NONE = new Map()

it('names who holds a slot, who holds those of each primary, and all nodes, each once', () => {
  const map = readSlotMap(
    [
      [0, 99, ['a', 1, 'id'], ['b', 2, 'id']],
      [100, 199, ['c', 3, 'id']],
      [300, 300, ['a', 1, 'id'], ['b', 2, 'id']],
    ],
    AT,
    NONE,
  )
  const [a, b, c] = ['a', 'b', 'c'].map((host, i) => ({host, port: i + 1}))
  const slots = [0, 99, 100, 199, 300, 200]
  expect(slots.map((slot) => holdersOf(map, slot, 'primary'))).toEqual([[a], [a], [c], [c], [a], []])
  expect(slots.map((slot) => holdersOf(map, slot, 'replica'))).toEqual([[b], [b], [], [], [b], []])
  expect(holdersOfEach(map, 'primary')).toEqual([[a], [c]])
  expect(holdersOfEach(map, 'replica')).toEqual([[b], []])
  expect(nodesOf(map)).toEqual([a, b, c])
})

it.each([
  ['does not know its own host', null],
  ['leaves its host out', ''],
])('takes the host that was asked for a node that %s', (_, host) => {
  const map = readSlotMap([[0, 16_383, [host, 7001, 'id']]], AT, NONE)
  expect(holdersOf(map, 5, 'primary')).toEqual([{host: 'asked', port: 7001}])
})

it('leaves out nodes of which no host is known', () => {
  const map = readSlotMap(
    [
      [0, 9, ['?', 1, 'id'], ['b', 2, 'id']],
      [10, 19, ['?', 1, 'id']],
    ],
    AT,
    NONE,
  )
  // Not b, which is a replica
  expect([5, 15].map((slot) => holdersOf(map, slot, 'primary'))).toEqual([[], []])
})

it('gives the address under which a node is reached for the one that it announces', () => {
  const nat = new Map([['10.0.0.1:6379', {host: 'localhost', port: 7001}]])
  const map = readSlotMap([[0, 9, ['10.0.0.1', 6379, 'id'], ['10.0.0.2', 6379, 'id']]], AT, nat)
  expect(nodesOf(map)).toEqual([
    {host: 'localhost', port: 7001},
    {host: '10.0.0.2', port: 6379},
  ])
})

import {expect, it} from 'vitest'
import {hasSlots, isDown, knownNodes} from '../../../src/redis/cluster/known-nodes.ts'

it('reads what a node knows of the others', () => {
  const nodes = knownNodes(
    [
      'a 10.0.0.1:6379@16379 myself,master - 0 1 1 connected 0-5 7 [8->-b]',
      'b 10.0.0.2:6379@16379,host master,fail? - 0 1 2 disconnected 9-16383',
      'c 10.0.0.3:6379@16379 slave a 0 1 1 connected',
      '',
    ].join('\n'),
  )
  const [a, b, c] = nodes
  expect(nodes).toHaveLength(3)
  expect(a).toMatchObject({
    address: '10.0.0.1:6379',
    slots: [
      [0, 5],
      [7, 7],
    ],
    isConnected: true,
  })
  expect(b).toMatchObject({address: '10.0.0.2:6379', slots: [[9, 16_383]], isConnected: false})
  expect(c).toMatchObject({primary: 'a', slots: []})
  expect([a, b, c].map(isDown)).toEqual([false, true, false])
  expect([a, b, c].map(hasSlots)).toEqual([true, true, false])
})

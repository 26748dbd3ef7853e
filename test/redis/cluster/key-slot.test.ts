import {expect, it} from 'vitest'
import {keySlot} from '../../../src/redis/cluster/key-slot.ts'
import {queueKeys, singleKeys} from '../../../src/redis/keys.ts'

// What a server computes is compared in test/topology/cluster/client.test.ts
it('is the checksum that the cluster specification gives for its example', () => {
  expect(keySlot('123456789')).toBe(0x31c3)
})

it('is that of what stands between the first braces', () => {
  expect(keySlot('a{123456789}b{c}')).toBe(0x31c3)
  expect(keySlot('{}123')).not.toBe(keySlot('123'))
})

it('is the same for all keys of a queue', () => {
  const keys = queueKeys('orders', 'cluster')
  const all = [...singleKeys(keys), keys.lease('a'), keys.taker('b'), keys.sent('c'), keys.trashed('d')]
  expect(new Set(all.map(keySlot)).size).toBe(1)
})

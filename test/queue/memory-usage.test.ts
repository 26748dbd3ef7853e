import {expect, it} from 'vitest'
import {measureMemory} from '../../src/queue/memory-usage.ts'
import {callsOf} from '../support/calls.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

async function fill(count: number, bytesOf: (i: number) => number) {
  const {keys} = context.newQueue()
  for (let from = 0; from < count; from += 1000) {
    const part = Array.from({length: Math.min(1000, count - from)}, (_, i) => from + i)
    await context.redis.zadd(keys.ready, ...part.flatMap((i) => [i, `${i}`.padEnd(bytesOf(i), 'x')]))
  }
  const exact = Number(await context.redis.call('MEMORY', 'USAGE', keys.ready, 'SAMPLES', '0'))
  return {key: keys.ready, exact}
}

it('is exact for thousands of members, however they differ', async () => {
  // The first members are small, the rest are not: the five that Redis samples by default are not typical
  const {key, exact} = await fill(5000, (i) => (i < 100 ? 10 : 2000))
  expect(await measureMemory(context.redis, key)).toEqual({bytes: exact, isEstimate: false})
})

it('is near for a larger set whose first members are not like the rest', async () => {
  const {key, exact} = await fill(60_000, (i) => (i < 5000 ? 20 : 600))
  const {bytes, isEstimate} = await measureMemory(context.redis, key)
  expect(isEstimate).toBe(true)
  expect(bytes / exact).toBeGreaterThan(0.85)
  expect(bytes / exact).toBeLessThan(1.15)
  const byDefault = Number(await context.redis.memory('USAGE', key))
  expect(byDefault / exact).toBeLessThan(0.4)
})

it('knows a key that is not there', async () => {
  const {keys} = context.newQueue()
  expect(await measureMemory(context.redis, keys.ready)).toEqual({bytes: 0, isEstimate: false})
})

it('asks in one call, also for large members', async () => {
  const {key} = await fill(300, () => 200_000)
  expect(await callsOf(context.redis, 'evalsha', () => measureMemory(context.redis, key))).toHaveLength(1)
})

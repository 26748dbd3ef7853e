import {expect, it} from 'vitest'
import {originOf} from '../../src/queue/origin.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it('is made once for a queue, whoever asks, and differs between queues', async () => {
  const [one, other] = [context.newQueue(), context.newQueue()]
  const asked = await Promise.all(Array.from({length: 10}, () => originOf(context.redis, one.keys)))
  expect(new Set(asked).size).toBe(1)
  expect(await originOf(context.redis, one.keys)).toBe(asked[0])
  expect(await originOf(context.redis, other.keys)).not.toBe(asked[0])
})

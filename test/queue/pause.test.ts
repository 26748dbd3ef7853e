import {expect, it} from 'vitest'
import {readPauseOrigin} from '../../src/queue/pause.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

it.each([
  ['2026-11-26T10:00:00.000Z ann@host', 'ann@host'],
  ['2026-11-26T10:00:00.000Z', null],
  ['hold 2026-11-26T10:00:00.000Z', 'qtool shards rebalance'],
])('the origin of "%s" is %s', async (text, by) => {
  const {keys} = context.newQueue()
  await context.redis.set(keys.paused, text, 'PX', 60_000)
  expect(await readPauseOrigin(context.redis, keys)).toEqual({since: '2026-11-26T10:00:00.000Z', by})
})

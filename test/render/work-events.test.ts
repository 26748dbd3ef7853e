import {expect, it} from 'vitest'
import {eventWords} from '../../src/render/work-events.ts'

const since = '2026-11-26T10:00:00.000Z'
const pause = {event: 'paused', ready: 2, since, until: null} as const

it.each([
  ['ann@host', 'queue orders is paused by ann@host; 2 items are waiting; qtool resume -q orders resumes it'],
  [
    'qtool shards rebalance',
    'queue orders is paused by qtool shards rebalance; 2 items are waiting; work continues once they have moved',
  ],
  [null, 'queue orders is paused; 2 items are waiting; qtool resume -q orders resumes it'],
])('a pause by %s says what ends it', (by, words) => {
  expect(eventWords({...pause, by}, 'orders')).toBe(words)
})

it.each([
  ['redis', 'down', 'Redis is unreachable, items stay queued: why'],
  ['redis', 'refusing', 'Redis refuses commands now, items stay queued: why'],
  ['postgres', 'refusing', 'Postgres cannot write now, items stay queued: why'],
] as const)('%s that is %s is said to be so', (server, state, words) => {
  expect(eventWords({event: 'server', server, state, error: 'why'}, 'orders')).toBe(words)
})

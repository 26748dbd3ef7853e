import {ReplyError} from 'ioredis'
import {DatabaseError} from 'pg'
import {expect, it} from 'vitest'
import type {Sink} from '../../src/sink/sink.ts'
import type {WorkEvent} from '../../src/worker/events.ts'
import {tellEvents} from '../../src/worker/tell-events.ts'

it.each([
  ['redis', new ReplyError('MOVED 1 127.0.0.1:1'), 'refusing'],
  ['redis', new ReplyError('TRYAGAIN Multiple keys request during rehashing of slot'), 'refusing'],
  ['redis', new Error('connect ECONNREFUSED 127.0.0.1:1'), 'down'],
  ['postgres', new DatabaseError('cannot execute INSERT in a read-only transaction', 1, 'error'), 'refusing'],
  ['postgres', new Error('connect ECONNREFUSED 127.0.0.1:1'), 'down'],
] as const)('a %s that answers %s is told from one that is away', (server, error, state) => {
  const told: WorkEvent[] = []
  const sink = {name: 'public.orders', table: {columns: [], generated: []}, options: {rename: {}}}
  tellEvents([sink as unknown as Sink], (event) => told.push(event)).breaker?.(server, 'open', error)
  expect(told).toEqual([{event: 'server', server, state, error: error.message}])
})

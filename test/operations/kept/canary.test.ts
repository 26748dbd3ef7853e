import {beforeAll, expect, it} from 'vitest'
import {callerOf} from '../../support/caller.ts'
import {until} from '../../support/cli.ts'
import {drainAll, testSink} from '../../support/context.ts'
import {applied, carried, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'

const context = useOwnServers()
const input = {...REPLAY, canary: 5, 'abort-on': 0.2, 'canary-timeout': 20_000}

beforeAll(async () => {
  await context.pool.query('CREATE TABLE good (n int PRIMARY KEY)')
  await context.pool.query('CREATE TABLE bad (n int PRIMARY KEY CHECK (n > 1))')
})

/** A replay whose process ends while it waits for its canary. */
async function interruptedCanary() {
  const at = await queueOfLetters(context, 50)
  const caller = callerOf(context, at.queue)
  const {id} = await applied(caller, {operation: 'dlq replay', input})
  const stop = new AbortController()
  const first = carried(caller, id, {signal: stop.signal})
  await until(async () => (await at.engine.depth()) === 5)
  stop.abort()
  expect(await first).toMatchObject({state: 'running', done: 5})
  return {...at, caller, id}
}

it('goes on with the canary of a process that ended, and runs no other', async () => {
  const at = await interruptedCanary()
  const second = carried(at.caller, at.id)
  await drainAll(context, await testSink(context, 'good'), at)
  const over = await second
  expect(over).toMatchObject({state: 'done', done: 50})
  expect(over?.result).toMatchObject({replayed: 50, canary: {items: 5, failedAgain: 0, open: 0}})
  expect(await at.engine.depth()).toBe(45)
})

it('fails where the canary fails, also in the process after the one that began it', async () => {
  const at = await interruptedCanary()
  await drainAll(context, await testSink(context, 'bad'), at)
  const over = await carried(at.caller, at.id)
  expect(over).toMatchObject({state: 'failed', done: 5, error: {code: 'CANARY_FAILED'}})
  expect(over?.result).toMatchObject({aborted: true, canary: {items: 5, failedAgain: 2}})
  expect(await at.engine.depth()).toBe(0)
})

it('does not judge a canary again that was judged', async () => {
  const at = await interruptedCanary()
  const hold = await at.engine.operations.take(at.id, {runner: 'dies', lengthMs: 0})
  if (!hold) throw new Error('expected to take it')
  const canary = {items: 5, failedAgain: 4, open: 0, paused: false}
  await at.engine.operations.update(hold, {ms: 0, fields: {canary}})
  expect(await carried(at.caller, at.id)).toMatchObject({state: 'failed', done: 5, result: {canary}})
})

import {beforeAll, describe, expect, it} from 'vitest'
import type {Context} from '../../../src/operations/context.ts'
import {carryOn} from '../../../src/operations/kept/carry-on.ts'
import {
  applyOperation,
  cancelOperation,
  pauseOperation,
  resumeOperation,
  undoOperation,
} from '../../../src/operations/kept/steer.ts'
import type {Letter} from '../../../src/queue/letters/letter.ts'
import {callerOf, READER} from '../../support/caller.ts'
import {until} from '../../support/cli.ts'
import {applied, carried, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'

const context = useOwnServers()
const slow = {operation: 'dlq replay', input: {...REPLAY, rate: 200}} as const

/** An operation of 100 letters that is under way: some are done, not all. */
async function underWay() {
  const at = await queueOfLetters(context, 100)
  const caller = callerOf(context, at.queue)
  const {id} = await applied(caller, slow)
  const over = carried(caller, id)
  const read = () => at.engine.operations.read(id)
  await until(async () => ((await read())?.done ?? 0) > 0)
  const moved = () => at.engine.depth()
  return {...at, caller, id, over, read, moved}
}

it('stops an operation that is paused at once, and goes on where it was when it is resumed', async () => {
  const {caller, id, over, read, moved} = await underWay()
  expect(await pauseOperation(caller, id)).toMatchObject({state: 'paused', runner: null})
  const done = await moved()
  expect(await over).toMatchObject({state: 'paused', done})
  expect(await moved()).toBe(done)
  expect(await carried(caller, id)).toBeUndefined()
  await resumeOperation(caller, id)
  expect(await carried(caller, id)).toMatchObject({state: 'done', done: 100, result: {replayed: 100}})
  expect(await moved()).toBe(100)
  expect((await read())?.endedAt).not.toBeNull()
})

it('ends an operation that is cancelled at once, leaves the rest, and says so in the audit', async () => {
  const {queue, caller, id, over, moved, engine} = await underWay()
  expect(await cancelOperation(caller, id)).toMatchObject({state: 'cancelled', canUndo: false})
  const done = await moved()
  expect(done).toBeGreaterThan(0)
  expect(await over).toMatchObject({state: 'cancelled', done})
  expect(await engine.letters.count()).toBe(100 - done)
  expect(await caller.audit.latest({queue, limit: 9})).toMatchObject([{state: 'interrupted', count: done}])
})

it('gives an operation back at once when its process is to stop, and another goes on', async () => {
  const {queue, caller, id, moved} = await underWay().then(async (at) => {
    await pauseOperation(at.caller, at.id)
    await at.over
    await resumeOperation(at.caller, at.id)
    return at
  })
  const stop = new AbortController()
  const first = carried(caller, id, {runner: 'first', signal: stop.signal})
  const before = await moved()
  await until(async () => (await moved()) > before)
  stop.abort()
  expect(await first).toMatchObject({state: 'running', runner: null})
  expect(await carried(caller, id, {runner: 'second'})).toMatchObject({state: 'done', done: 100})
  expect(await caller.audit.latest({queue, limit: 9})).toHaveLength(1)
})

it('is carried on by one of two runners that want it at the same time', async () => {
  const {queue} = await queueOfLetters(context, 100)
  const caller = callerOf(context, queue)
  const {id} = await applied(caller, {operation: 'dlq replay', input: REPLAY})
  const both = await Promise.all([carried(caller, id, {runner: 'one'}), carried(caller, id, {runner: 'two'})])
  expect(both.filter((one) => one !== undefined)).toMatchObject([{state: 'done', done: 100}])
})

it('changes nothing more in a process that stood still while another took over', async () => {
  const {queue, keys, engine} = await queueOfLetters(context, 100)
  const caller = callerOf(context, queue)
  const {id} = await applied(caller, {operation: 'dlq purge', input: {limit: 60}})
  const hold = await engine.operations.take(id, {runner: 'stands still', lengthMs: 0})
  if (!hold) throw new Error('expected to take it')
  const next = await engine.operations.take(id, {runner: 'next', lengthMs: 60_000})
  expect(next?.fence).toBe(hold.fence + 1)
  const letters: Letter[] = (await engine.letters.scan().pages().next()).value ?? []
  await expect(engine.letters.discard(id, letters, hold)).rejects.toThrow('NOTHELD')
  const purge = {count: 100, plan: await engine.letters.plan(), kept: {hold, trash: id, done: 0}}
  await expect(engine.letters.clear(purge)).rejects.toThrow('NOTHELD')
  const now = Date.now()
  await expect(engine.letters.replayer(now, hold).replay(letters)).rejects.toThrow('NOTHELD')
  const run = {trash: id, by: 'ann@host', at: now, hold}
  const edits = letters.map((letter) => ({letter, item: Buffer.from('{}')}))
  await expect(engine.letters.edit(run, edits)).rejects.toThrow('NOTHELD')
  expect(await context.redis.zcard(keys.dead)).toBe(100)
  expect(await engine.operations.read(id)).toMatchObject({done: 0, runner: 'next'})
})

describe('steps', () => {
  let caller: Context
  let id: string
  beforeAll(async () => {
    const {queue} = await queueOfLetters(context, 2)
    caller = callerOf(context, queue)
    id = (await applied(caller, {operation: 'dlq replay', input: REPLAY})).id
  })

  it('may be asked for twice', async () => {
    expect(await applyOperation(caller, id, 'a test')).toMatchObject({state: 'running'})
    await pauseOperation(caller, id)
    expect(await pauseOperation(caller, id)).toMatchObject({state: 'paused'})
    await cancelOperation(caller, id)
    expect(await cancelOperation(caller, id)).toMatchObject({state: 'cancelled'})
    expect(await caller.audit.latest({queue: caller.queue.name, limit: 9})).toHaveLength(1)
  })

  it('are refused where they do not fit', async () => {
    await expect(resumeOperation(caller, id)).rejects.toMatchObject({
      code: 'STATE',
      kind: 'refused',
      message: `operation ${id} is cancelled; only one that is paused becomes running`,
    })
    await expect(undoOperation(caller, id)).rejects.toMatchObject({code: 'STATE', kind: 'refused'})
  })

  it('are refused for who may only read, and for an id that is not known', async () => {
    const reader = callerOf(context, caller.queue.name, {actor: READER})
    for (const step of [pauseOperation, resumeOperation, cancelOperation, undoOperation]) {
      await expect(step(reader, id)).rejects.toMatchObject({kind: 'refused'})
    }
    const near = `${id.slice(0, -1)}x`
    await expect(pauseOperation(caller, near)).rejects.toMatchObject({
      code: 'NO_OPERATION',
      suggestions: [`did you mean ${id}?`, expect.anything()],
    })
    await expect(carryOn(caller, near, {runner: 'one', signal: AbortSignal.abort()})).resolves.toBeUndefined()
  })
})

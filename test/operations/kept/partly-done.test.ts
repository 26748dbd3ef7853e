import {expect, it} from 'vitest'
import type {PlannedAction} from '../../../src/operations/plans/shape.ts'
import type {QueueEngine} from '../../../src/queue/engine.ts'
import type {Letter} from '../../../src/queue/letters/letter.ts'
import type {OperationHold} from '../../../src/queue/operation-book/hold.ts'
import {callerOf} from '../../support/caller.ts'
import {push} from '../../support/context.ts'
import {applied, carried, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'

const context = useOwnServers()

interface Part {
  engine: QueueEngine
  hold: OperationHold
  letters: Letter[]
}

/** An operation on 100 letters, of which a process that died has done what `part` does. */
async function begun(operation: PlannedAction, input: object, part: (at: Part) => Promise<unknown>) {
  const at = await queueOfLetters(context, 100)
  const caller = callerOf(context, at.queue)
  const {id} = await applied(caller, {operation, input})
  const hold = await at.engine.operations.take(id, {runner: 'dies', lengthMs: 0})
  if (!hold) throw new Error('expected to take it')
  const letters: Letter[] = (await at.engine.letters.scan().pages().next()).value ?? []
  await part({engine: at.engine, hold, letters})
  const numbers = async () =>
    (await context.redis.zrange(at.keys.dead, '0', '-1')).map(
      (one) => JSON.parse(JSON.parse(one).payload) as {n: number; m?: number},
    )
  return {...at, id, caller, numbers}
}

it('replays no more than the number that was planned', async () => {
  const {caller, id, engine, numbers} = await begun('dlq replay', {...REPLAY, limit: 50}, (at) =>
    at.engine.letters.replayer(0, at.hold).replay(at.letters.slice(0, 20)),
  )
  expect(await carried(caller, id)).toMatchObject({state: 'done', done: 50, result: {replayed: 50}})
  expect(await engine.depth()).toBe(50)
  expect((await numbers()).map(({n}) => n)).toEqual(Array.from({length: 50}, (_, i) => 50 + i))
})

it('purges no more than the number that was planned, into the trash of the process before', async () => {
  for (const input of [{limit: 50}, {where: 'n<50'}]) {
    const {caller, id, engine, numbers} = await begun('dlq purge', input, (at) =>
      at.engine.letters.discard(at.hold.id, at.letters.slice(0, 20), at.hold),
    )
    expect(await carried(caller, id)).toMatchObject({state: 'done', done: 50, result: {purged: 50}})
    expect(await engine.trash()).toMatchObject([{id, count: 50}])
    expect((await numbers()).map(({n}) => n)).toEqual(Array.from({length: 50}, (_, i) => 50 + i))
  }
})

it('purges all letters where the process before began one by one', async () => {
  const {caller, id, engine} = await begun('dlq purge', {}, (at) =>
    at.engine.letters.discard(at.hold.id, at.letters.slice(0, 20), at.hold),
  )
  expect(await carried(caller, id)).toMatchObject({state: 'done', done: 100, result: {purged: 100}})
  expect(await engine.trash()).toMatchObject([{id, count: 100}])
})

it('edits no more than the number that was planned, though what is edited matches no longer', async () => {
  const input = {where: 'NOT m:1', set: ['m=1'], limit: 50}
  const {caller, id, engine, numbers} = await begun('dlq edit', input, (at) => {
    const edits = at.letters
      .slice(0, 20)
      .map((letter, n) => ({letter, item: Buffer.from(`{"n":${n},"m":1}`)}))
    const run = {trash: at.hold.id, by: 'ann@host', at: Date.now(), hold: at.hold}
    return at.engine.letters.edit(run, edits)
  })
  expect(await carried(caller, id)).toMatchObject({
    state: 'done',
    done: 50,
    result: {edited: 50, matched: 50},
  })
  expect(await engine.trash()).toMatchObject([{id, kind: 'edit', count: 50}])
  const edited = (await numbers()).filter(({m}) => m === 1)
  expect(edited.map(({n}) => n).sort((a, b) => a - b)).toEqual(Array.from({length: 50}, (_, n) => n))
})

it('ends without a change where everything is done already', async () => {
  const {caller, id, numbers} = await begun('dlq replay', {...REPLAY, limit: 20}, (at) =>
    at.engine.letters.replayer(0, at.hold).replay(at.letters.slice(0, 20)),
  )
  expect(await carried(caller, id)).toMatchObject({
    state: 'done',
    done: 20,
    result: {replayed: 20, matched: 20},
  })
  expect(await numbers()).toHaveLength(80)
})

it('purges no more ready items than were planned', async () => {
  const {queue, keys, engine} = context.newQueue()
  await push(
    context,
    keys,
    Array.from({length: 60}, (_, n) => `{"n":${n}}`),
  )
  const caller = callerOf(context, queue)
  const {id} = await applied(caller, {operation: 'purge', input: {where: 'n<30'}})
  const hold = await engine.operations.take(id, {runner: 'dies', lengthMs: 0})
  if (!hold) throw new Error('expected to take it')
  const signal = new AbortController().signal
  const kept = {hold, trash: id, done: 0}
  await engine.clearMatching({signal, onProgress: () => {}, limit: 10, kept})
  await push(context, keys, ['{"n":-1}'])
  expect(await carried(caller, id)).toMatchObject({state: 'done', done: 30, result: {purged: 30}})
  expect(await engine.depth()).toBe(31)
})

it('puts back what is left where an undo was interrupted, and counts all of it', async () => {
  const {caller, id, engine, numbers} = await begun('dlq purge', {limit: 50}, async () => {})
  await carried(caller, id)
  await engine.operations.change(id, {from: ['done'], to: 'undoing'})
  const hold = await engine.operations.take(id, {runner: 'dies', lengthMs: 0})
  const [trash] = await engine.trash()
  const [member, score] = await context.redis.zpopmin(`trash:${caller.queue.name}:${id}`)
  await context.redis.zadd(`dlq:${caller.queue.name}`, score, member)
  await context.redis.hset(`operation:${caller.queue.name}:${id}`, 'restored', 1)
  expect([hold?.id, trash.count]).toEqual([id, 50])
  expect(await carried(caller, id)).toMatchObject({state: 'undone', result: {restored: 50}})
  expect(await numbers()).toHaveLength(100)
})

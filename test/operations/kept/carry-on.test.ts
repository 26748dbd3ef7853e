import {beforeAll, describe, expect, it} from 'vitest'
import {proposeOperation} from '../../../src/operations/kept/propose.ts'
import {applyOperation, undoOperation} from '../../../src/operations/kept/steer.ts'
import {callerOf, READER} from '../../support/caller.ts'
import {push} from '../../support/context.ts'
import {applied, carried, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useOwnServers()
const ready = (keys: {ready: string}) => context.redis.zrange(keys.ready, '0', '-1')
const dead = (keys: {dead: string}) => context.redis.zcard(keys.dead)

beforeAll(() => context.pool.query('CREATE TABLE item (n int PRIMARY KEY CHECK (n <> 2))'))

it('keeps a plan that changes nothing, with what a person is asked', async () => {
  const {queue, keys} = await queueOfLetters(context, 3)
  const caller = callerOf(context, queue)
  const kept = await proposeOperation(caller, {operation: 'dlq replay', input: {...REPLAY, limit: 2}})
  expect(kept).toMatchObject({
    ...{operation: 'dlq replay', queue, state: 'planned', done: 0, actor: '', runner: null, canUndo: false},
    input: {limit: 2},
    plan: {affected: 2, byReason: {foreign_key: 2}, madeBy: 'ann@host'},
    ...{result: null, error: null, startedAt: null, endedAt: null},
  })
  expect(kept.plan.ask).toBe(`put 2 dead letters back into queue ${queue}`)
  expect(await dead(keys)).toBe(3)
  expect(await carried(caller, kept.id)).toBeUndefined()
})

it('keeps nothing for who may only read', async () => {
  const {queue} = await queueOfLetters(context, 1)
  const reader = callerOf(context, queue, {actor: READER})
  await expect(proposeOperation(reader, {operation: 'dlq purge', input: {}})).rejects.toMatchObject({
    kind: 'refused',
  })
})

describe('what is carried on to its end', () => {
  it('replays letters, and has one entry in the audit', async () => {
    const {queue, keys} = await queueOfLetters(context, 250)
    const caller = callerOf(context, queue)
    const {id, state} = await applied(caller, {operation: 'dlq replay', input: REPLAY})
    expect(state).toBe('running')
    const over = await carried(caller, id)
    expect(over).toMatchObject({state: 'done', done: 250, actor: 'ann@host', runner: null, canUndo: false})
    expect(over?.result).toMatchObject({replayed: 250, matched: 250, remaining: 0})
    expect(await ready(keys)).toHaveLength(250)
    const lines = await caller.audit.latest({queue, limit: 10})
    expect(lines).toMatchObject([{action: 'dlq replay', who: 'ann@host', state: 'done', count: 250}])
    expect(lines[0].filter).toMatch(/^all, as planned at .* by ann@host, through a test$/)
  })

  it('purges all letters at once, and those of a filter one by one, until it is undone', async () => {
    for (const [input, done] of [
      [{}, 30],
      [{limit: 7}, 7],
    ] as const) {
      const {queue, keys} = await queueOfLetters(context, 30)
      const before = await context.redis.zrange(keys.dead, '0', '-1')
      const caller = callerOf(context, queue)
      const {id} = await applied(caller, {operation: 'dlq purge', input})
      const over = await carried(caller, id)
      expect(over).toMatchObject({state: 'done', done, canUndo: true, result: {purged: done, trash: id}})
      expect(await dead(keys)).toBe(30 - done)
      expect(await undoOperation(caller, id)).toMatchObject({state: 'undoing'})
      const undone = await carried(caller, id)
      expect(undone).toMatchObject({state: 'undone', done, canUndo: false, result: {restored: done}})
      expect(await context.redis.zrange(keys.dead, '0', '-1')).toEqual(before)
      expect(await caller.audit.latest({queue, limit: 10})).toMatchObject([
        {action: 'undo', filter: id, state: 'done', count: done},
        {action: 'dlq purge', state: 'done', count: done},
      ])
    }
  })

  it('purges ready items, all or those of a filter, until it is undone', async () => {
    for (const [input, left] of [
      [{}, []],
      [{where: 'n>1'}, ['{"n":1}']],
    ] as const) {
      const {queue, keys} = context.newQueue()
      const items = ['{"n":1}', '{"n":2}', '{"n":3}']
      await push(context, keys, items)
      const caller = callerOf(context, queue)
      const {id} = await applied(caller, {operation: 'purge', input})
      const done = items.length - left.length
      expect(await carried(caller, id)).toMatchObject({
        state: 'done',
        done,
        result: {purged: done, trash: id},
      })
      expect(await ready(keys)).toEqual(left)
      await undoOperation(caller, id)
      expect(await carried(caller, id)).toMatchObject({state: 'undone', result: {restored: done}})
      expect(await ready(keys)).toEqual(items)
    }
  })

  it('edits letters, until it is undone', async () => {
    const {queue, keys} = await queueOfLetters(context, 4)
    const before = await context.redis.zrange(keys.dead, '0', '-1')
    const caller = callerOf(context, queue)
    const {id} = await applied(caller, {operation: 'dlq edit', input: {where: 'n>1', set: ['n=9', 'm=1']}})
    const over = await carried(caller, id)
    expect(over).toMatchObject({state: 'done', done: 2, canUndo: true, result: {edited: 2, trash: id}})
    const payloads = (await context.redis.zrange(keys.dead, '0', '-1')).map((one) => JSON.parse(one).payload)
    expect(payloads.filter((text) => text === '{"n":9,"m":1}')).toHaveLength(2)
    await undoOperation(caller, id)
    expect(await carried(caller, id)).toMatchObject({state: 'undone', result: {restored: 2}})
    expect(await context.redis.zrange(keys.dead, '0', '-1')).toEqual(before)
  })

  it('asks Postgres with the mapping that was named', async () => {
    const at = await queueOfLetters(context, 4)
    const caller = callerOf(context, at.queue)
    const mapping = {table: `${context.schema}.item`}
    const input = {...REPLAY, 'only-passing': true}
    const {id} = await applied(caller, {operation: 'dlq replay', input, mapping})
    expect(await carried(caller, id)).toMatchObject({
      state: 'done',
      done: 3,
      result: {failing: 1, replayed: 3},
    })
  })
})

it('refuses to apply a plan that the queue has drifted from, and keeps it as it was', async () => {
  const at = await queueOfLetters(context, 3)
  const caller = callerOf(context, at.queue)
  const {id} = await proposeOperation(caller, {operation: 'dlq replay', input: REPLAY})
  await context.redis.zremrangebyrank(at.keys.dead, 0, 0)
  await expect(applyOperation(caller, id, 'a test')).rejects.toMatchObject({code: 'DRIFTED', kind: 'refused'})
  expect(await at.engine.operations.read(id)).toMatchObject({state: 'planned', done: 0})
  expect(await caller.audit.latest({queue: at.queue, limit: 1})).toEqual([])
})

it('leaves alone letters that come in after the plan', async () => {
  const at = await queueOfLetters(context, 3)
  const caller = callerOf(context, at.queue)
  const {id} = await proposeOperation(caller, {operation: 'dlq replay', input: REPLAY})
  await seedLetters(context, at, [{payload: '{"n":7}', id: 'late', failedAt: Date.now() + 60_000}])
  await applyOperation(caller, id, 'a test')
  expect(await carried(caller, id)).toMatchObject({state: 'done', done: 3, result: {later: 1}})
  expect(await dead(at.keys)).toBe(1)
})

it('fails without a change if ready items came in between the check and the purge', async () => {
  const {queue, keys, engine} = context.newQueue()
  await push(context, keys, ['{"n":1}'])
  const caller = callerOf(context, queue)
  const {id} = await applied(caller, {operation: 'purge', input: {}})
  await push(context, keys, ['{"n":0}', '{"n":2}'])
  expect(await carried(caller, id)).toMatchObject({state: 'failed', done: 0, error: {code: 'DRIFTED'}})
  expect(await engine.depth()).toBe(3)
  expect(await caller.audit.latest({queue, limit: 1})).toMatchObject([{state: 'failed', count: 0}])
})

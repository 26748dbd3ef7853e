import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {beforeAll, expect, it} from 'vitest'
import type {Context} from '../../../src/operations/context.ts'
import type {Operation, Plan} from '../../../src/operations/operation.ts'
import {applyPlan} from '../../../src/operations/plans/apply.ts'
import {makePlan} from '../../../src/operations/plans/make.ts'
import type {PlanFile} from '../../../src/operations/plans/shape.ts'
import {PURGE} from '../../../src/operations/purge.ts'
import {REPLAY_LETTERS} from '../../../src/operations/replay-letters.ts'
import {callerOf, READER} from '../../support/caller.ts'
import {newFolder} from '../../support/cli.ts'
import {push, useServers} from '../../support/context.ts'
import {seedLetters} from '../../support/letters.ts'

const context = useServers()
const folder = newFolder()
const yes = async () => {}
const REPLAY = {strict: false, 'allow-special-values': false, 'max-bytes': 1000, 'only-passing': false}
let files = 0

beforeAll(() => context.pool.query('CREATE TABLE item (n int PRIMARY KEY CHECK (n <> 2))'))

async function planned<I extends object, P extends Plan, R>(
  caller: Context,
  operation: Operation<I, P, R>,
  input: I,
): Promise<PlanFile> {
  const path = join(folder, `${files++}.json`)
  await makePlan(caller, operation, input, path)
  return JSON.parse(readFileSync(path, 'utf8'))
}

async function queueOfItems() {
  const at = context.newQueue()
  await push(context, at.keys, ['{"n":1}', '{"n":2}', '{"n":3}'])
  const ready = () => context.redis.zrange(at.keys.ready, '0', '-1')
  return {...at, ready}
}

it('lets somebody who may only read plan, and refuses to apply before a connection is opened', async () => {
  const {queue, ready} = await queueOfItems()
  const file = await planned(callerOf(context, queue, {actor: READER}), PURGE, {})
  expect(file).toMatchObject({affected: 3, madeBy: 'bob@host'})
  const withQueue = () => Promise.reject(new Error('connected'))
  const reader = callerOf(context, queue, {actor: READER, withQueue})
  await expect(applyPlan(reader, PURGE, file, yes)).rejects.toMatchObject({kind: 'refused'})
  expect(await ready()).toHaveLength(3)
})

it('refuses to purge a queue that has changed since the check', async () => {
  const {queue, keys, ready} = await queueOfItems()
  const caller = callerOf(context, queue)
  const file = await planned(caller, PURGE, {})
  const add = () => push(context, keys, ['{"n":4}'])
  await expect(applyPlan(caller, PURGE, file, add)).rejects.toMatchObject({code: 'DRIFTED', kind: 'refused'})
  expect(await ready()).toHaveLength(4)
  expect(await caller.audit.latest({limit: 1, queue})).toMatchObject([{state: 'failed', count: 0}])
})

it('purges no more than was planned where matching items come in after the check', async () => {
  const {queue, keys, ready} = await queueOfItems()
  const caller = callerOf(context, queue)
  const file = await planned(caller, PURGE, {where: 'n>1'})
  const add = () => context.redis.zadd(keys.ready, 8, '{"n":8}', 9, '{"n":9}').then(() => {})
  const {result} = await applyPlan(caller, PURGE, file, add)
  expect(result).toMatchObject({matched: 2, purged: 2})
  expect(await ready()).toEqual(['{"n":1}', '{"n":8}', '{"n":9}'])
})

it('replays no more than was planned where an older letter comes back after the check', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{"n":1}'}, {payload: '{"n":2}'}])
  const caller = callerOf(context, at.queue)
  const file = await planned(caller, REPLAY_LETTERS, REPLAY)
  const restore = () => seedLetters(context, at, [{payload: '{"n":3}', id: 'old', failedAt: 1.6e12}])
  const {result} = await applyPlan(caller, REPLAY_LETTERS, file, restore)
  expect(result).toMatchObject({replayed: 2, remaining: 1})
})

it('asks Postgres again, and refuses if it would take others now', async () => {
  const at = context.newQueue()
  await seedLetters(context, at, [{payload: '{"n":1}'}, {payload: '{"n":2}'}, {payload: '{"n":3}'}])
  const mapping = callerOf(context, at.queue).mapping
  const table = {value: `${context.schema}.item`, source: 'flag'} as const
  const caller = callerOf(context, at.queue, {mapping: {...mapping, table}})
  const file = await planned(caller, REPLAY_LETTERS, {...REPLAY, 'only-passing': true})
  expect(file).toMatchObject({affected: 2, mapping: {table: table.value}})
  await context.pool.query('ALTER TABLE item DROP CONSTRAINT item_n_check, ADD CHECK (n <> 3)')
  const drifted = {code: 'DRIFTED', message: expect.stringContaining('would affect others than the 2')}
  await expect(applyPlan(caller, REPLAY_LETTERS, file, yes)).rejects.toMatchObject(drifted)
  await context.pool.query('ALTER TABLE item DROP CONSTRAINT item_n_check, ADD CHECK (n <> 2)')
  const {result} = await applyPlan(caller, REPLAY_LETTERS, file, yes)
  expect(result).toMatchObject({replayed: 2, failing: 1, remaining: 1})
})

it('writes no plan if it is interrupted, and applies none', async () => {
  const {queue, ready} = await queueOfItems()
  const caller = callerOf(context, queue)
  const file = await planned(caller, PURGE, {})
  const stopped = callerOf(context, queue, {signal: AbortSignal.abort()})
  await expect(planned(stopped, PURGE, {})).rejects.toMatchObject({kind: 'interrupted'})
  expect((await applyPlan(stopped, PURGE, file, yes)).result).toMatchObject({purged: 0})
  expect(await ready()).toHaveLength(3)
})

import {expect, it} from 'vitest'
import {resolveSettings} from '../../src/config/settings.ts'
import type {Caller} from '../../src/operations/context.ts'
import {demo} from '../../src/operations/demo.ts'
import {diagnoseLetters} from '../../src/operations/diagnose-letters.ts'
import {editLetter} from '../../src/operations/edit-letter.ts'
import {type EnqueueCaller, enqueue} from '../../src/operations/enqueue.ts'
import {inspect} from '../../src/operations/inspect.ts'
import {migrate} from '../../src/operations/migrate.ts'
import {perform} from '../../src/operations/operation.ts'
import {pause} from '../../src/operations/pause.ts'
import {REPLAY_LETTERS, replayLetters} from '../../src/operations/replay-letters.ts'
import {resume} from '../../src/operations/resume.ts'
import {undo} from '../../src/operations/undo.ts'
import {type WorkCaller, work} from '../../src/operations/work.ts'
import {USUAL} from '../../src/worker/policy.ts'
import {callerOf, READER} from '../support/caller.ts'
import {push, useServers} from '../support/context.ts'
import {seedLetters} from '../support/letters.ts'

const context = useServers()
const REPLAY = {strict: false, 'allow-special-values': false, 'max-bytes': 1000, 'only-passing': false}
const DRY = {dryRun: true, confirm: async () => {}}
const ONLY_PASSING = {...REPLAY, 'only-passing': true}

async function queueWithAnItem() {
  const at = context.newQueue()
  await push(context, at.keys, ['{"n":1}'])
  return at
}

it.each([
  ['pause', pause],
  ['resume', resume],
  ['undo', undo],
  ['migrate', migrate],
  ['inspect', inspect],
  ['dlq replay', (caller: Caller) => replayLetters(caller, REPLAY)],
  ['dlq replay of what passes', (caller: Caller) => perform(caller, REPLAY_LETTERS, ONLY_PASSING, DRY)],
  ['dlq diagnose', (caller: Caller) => diagnoseLetters(caller, {...REPLAY, filter: {}, show: 1})],
  ['dlq edit', (caller: Caller) => editLetter(caller, {id: 'lease:0', edit: async (item) => item})],
] as const)('refuses %s to somebody who may only read', async (_name, operation) => {
  const {queue, keys, engine} = await queueWithAnItem()
  await engine.clear()
  await engine.pause()
  await seedLetters(context, {queue, keys}, [{payload: '{"n":1}'}])
  const state = () => Promise.all([engine.pauseState(), engine.trash(), engine.letters.count()])
  const before = await state()
  const caller = callerOf(context, queue, {actor: READER})
  await expect(operation(caller, {sample: false, verify: true})).rejects.toMatchObject({kind: 'refused'})
  expect(await state()).toEqual(before)
  expect(await caller.audit.latest({limit: 9, queue})).toEqual([])
})

it('records who paused, for how long, and who resumed', async () => {
  const {queue} = await queueWithAnItem()
  const caller = callerOf(context, queue)
  expect(await pause(caller, {forMs: 600_000})).toEqual({
    queue,
    paused: true,
    endsInMs: expect.closeTo(600_000, -4),
  })
  expect(await resume(caller)).toEqual({queue, wasPaused: true})
  expect(await resume(caller)).toEqual({queue, wasPaused: false})
  expect(await caller.audit.latest({limit: 9, queue})).toMatchObject([
    {action: 'resume', count: 0},
    {action: 'resume', count: 1},
    {action: 'pause', filter: '--for 10m', count: 1, who: 'ann@host'},
  ])
})

it('records an undo that was interrupted', async () => {
  const {queue, engine} = await queueWithAnItem()
  const trash = await engine.clear()
  const caller = callerOf(context, queue, {signal: AbortSignal.abort()})
  expect(await undo(caller, {})).toMatchObject({chosen: trash, restored: 0, trash: [trash]})
  expect(await caller.audit.latest({limit: 1, queue})).toMatchObject([
    {action: 'undo', filter: trash?.id, state: 'interrupted', count: 0},
  ])
})

it.each([
  ['enqueue', (caller: Borrower) => enqueue(caller, {flags: ENQUEUE, files: []})],
  ['work', (caller: Borrower) => work(caller, WORK)],
  ['demo', (caller: Borrower) => demo(caller, {records: 1, bad: 0, workers: 1, report: () => {}})],
])('refuses %s to somebody who may only read, before a connection is opened', async (_name, operation) => {
  const opened = () => Promise.reject(new Error('opened'))
  const caller = {
    ...callerOf(context, 'test-none', {actor: READER, withPostgres: opened}),
    settings: resolveSettings({flags: {}, env: {}}),
    tell: () => {},
    withRedis: opened,
  }
  await expect(operation(caller)).rejects.toMatchObject({kind: 'refused'})
})

type Borrower = WorkCaller & EnqueueCaller
const ENQUEUE = {
  ...({mode: 'batch', batch: 1, priority: 0, 'max-bytes': 100} as const),
  ...{'keep-duplicates': false, register: false, lenient: false},
}
const WORK = {
  policy: {...USUAL, workers: 1, batch: 1, untilEmpty: true},
  sink: {strict: false, allowSpecialValues: false, maxItemBytes: 100},
  queryTimeoutMs: 1000,
}

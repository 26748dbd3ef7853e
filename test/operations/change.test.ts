import {expect, it} from 'vitest'
import {inspect} from '../../src/operations/inspect.ts'
import {migrate} from '../../src/operations/migrate.ts'
import {pause} from '../../src/operations/pause.ts'
import {resume} from '../../src/operations/resume.ts'
import {undo} from '../../src/operations/undo.ts'
import {callerOf, READER} from '../support/caller.ts'
import {push, useServers} from '../support/context.ts'

const context = useServers()

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
] as const)('refuses %s to somebody who may only read', async (_name, operation) => {
  const {queue, engine} = await queueWithAnItem()
  await engine.clear()
  await engine.pause()
  const before = [await engine.pauseState(), await engine.trash()]
  const caller = callerOf(context, queue, {actor: READER})
  await expect(operation(caller, {sample: false, verify: true})).rejects.toMatchObject({kind: 'refused'})
  expect([await engine.pauseState(), await engine.trash()]).toEqual(before)
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

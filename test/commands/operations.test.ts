import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import Apply from '../../src/commands/apply.ts'
import DlqPurge from '../../src/commands/dlq/purge.ts'
import DlqReplay from '../../src/commands/dlq/replay.ts'
import OperationsApply from '../../src/commands/operations/apply.ts'
import OperationsCancel from '../../src/commands/operations/cancel.ts'
import Operations from '../../src/commands/operations/index.ts'
import OperationsPause from '../../src/commands/operations/pause.ts'
import OperationsResume from '../../src/commands/operations/resume.ts'
import OperationsRun from '../../src/commands/operations/run.ts'
import OperationsShow from '../../src/commands/operations/show.ts'
import OperationsUndo from '../../src/commands/operations/undo.ts'
import OperationsWatch from '../../src/commands/operations/watch.ts'
import ProfilesAdd from '../../src/commands/profiles/add.ts'
import type {KeptOperation} from '../../src/operations/kept/kept-operation.ts'
import {proposeOperation} from '../../src/operations/kept/propose.ts'
import {callerOf} from '../support/caller.ts'
import {newFolder} from '../support/cli.ts'
import {ownDatabase, queueOfLetters, REPLAY, useOwnServers} from '../support/kept.ts'
import {runCommand} from '../support/run-command.ts'

const context = useOwnServers()
const folder = newFolder()
let files = 0

type Command = Parameters<typeof runCommand>[0]
const run = (command: Command, ...args: string[]) => runCommand(command, args, {REDIS_URL: ownDatabase()})
const kept = async (command: Command, ...args: string[]) =>
  (await run(command, ...args, '--json')).json as KeptOperation

/** A planned operation on a queue with three dead letters. */
async function planned(operation: 'dlq replay' | 'dlq purge' = 'dlq replay') {
  const at = await queueOfLetters(context, 3)
  const input = operation === 'dlq replay' ? REPLAY : {}
  const {id} = await proposeOperation(callerOf(context, at.queue), {operation, input})
  return {...at, id}
}

it('is kept from a plan file, run in this process, and undone', async () => {
  const {queue, keys, engine} = await queueOfLetters(context, 3)
  const file = join(folder, `${files++}.json`)
  await run(DlqPurge, '-q', queue, '--plan', file)
  const applied = await run(Apply, file, '--background', '--yes', '--json')
  expect(applied).toMatchObject({code: 0, json: {operation: 'dlq purge', queue, state: 'running'}})
  const {id} = applied.json as KeptOperation
  expect(await engine.letters.count()).toBe(3)
  expect(await run(OperationsRun, id)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(
      `dlq purge of queue ${queue}: done, 3 of 3 done\n[^]*"qtool operations undo ${id}"`,
    ),
  })
  expect(await engine.letters.count()).toBe(0)
  expect(await kept(OperationsUndo, id)).toMatchObject({state: 'undoing'})
  expect(await kept(OperationsRun, id)).toMatchObject({state: 'undone', result: {purged: 3, restored: 3}})
  expect(await context.redis.zcard(keys.dead)).toBe(3)
})

it('refuses to keep a plan file that the queue has drifted from', async () => {
  const {queue, keys} = await queueOfLetters(context, 3)
  const file = join(folder, `${files++}.json`)
  await run(DlqReplay, '-q', queue, '--plan', file)
  await context.redis.zremrangebyrank(keys.dead, 0, 0)
  expect(await run(Apply, file, '--background', '--json')).toMatchObject({
    code: 6,
    json: {error: {code: 'DRIFTED'}},
  })
  expect((await run(Operations, '-q', queue)).stdout).toBe('no operations are kept\n')
})

it('is listed, of one queue and of all', async () => {
  const {queue, id} = await planned()
  const [title, row, ...more] = (await run(Operations, '-q', queue)).stdout.trimEnd().split('\n')
  expect(title).toMatch(/^ id +operation +state +done +of +made +by +queue$/)
  expect(row.trim().split(/ {2,}/)).toMatchObject([
    id,
    'dlq replay',
    'planned',
    '0',
    '3',
    {},
    'ann@host',
    queue,
  ])
  expect(more).toEqual([])
  const {operations} = (await run(Operations, '-n', '1000', '--json')).json as {operations: KeptOperation[]}
  expect(operations.filter((one) => one.id === id)).toHaveLength(1)
})

it('asks before it is applied, and says what runs it where no process does', async () => {
  const {id} = await planned()
  const asked = await run(OperationsApply, id, '--json')
  expect(asked).toMatchObject({code: 6, json: {error: {code: 'UNCONFIRMED'}}})
  expect(await kept(OperationsShow, id)).toMatchObject({state: 'planned'})
  const {stdout} = await run(OperationsApply, id, '--yes')
  expect(stdout).toContain('dlq replay of queue')
  expect(await kept(OperationsPause, id)).toMatchObject({state: 'paused'})
  expect(await kept(OperationsResume, id)).toMatchObject({state: 'running'})
  expect(await kept(OperationsCancel, id)).toMatchObject({state: 'cancelled', done: 0})
  expect(await kept(OperationsWatch, id)).toMatchObject({state: 'cancelled'})
})

it.each([
  [OperationsPause, 'only one that is running becomes paused'],
  [OperationsResume, 'only one that is paused becomes running'],
  [OperationsUndo, 'a replay cannot be undone'],
  [OperationsRun, 'is planned'],
])('refuses with exit code 6 a step that does not fit (%#)', async (command, message) => {
  const {id} = await planned()
  const {code, stderr} = await run(command, id)
  expect(stderr).toContain(message)
  expect(code).toBe(6)
})

it('says of an unknown id which one is near', async () => {
  const {id} = await planned()
  const {code, stderr} = await run(OperationsShow, `${id.slice(0, -1)}x`)
  expect(stderr).toContain(`did you mean ${id}?`)
  expect(code).toBe(2)
})

describe('a read-only profile', () => {
  const config = join(folder, 'profiles.json')
  const look = (command: Command, ...args: string[]) =>
    runCommand(command, [...args, '--profile', 'look'], {QTOOL_CONFIG: config})

  it('refuses every step, and lists and shows', async () => {
    const {id, queue} = await planned()
    await runCommand(ProfilesAdd, ['look', '--read-only', '--redis-url', ownDatabase()], {
      QTOOL_CONFIG: config,
    })
    const steps = [OperationsPause, OperationsResume, OperationsCancel, OperationsUndo, OperationsRun]
    for (const command of [...steps, OperationsApply]) {
      const {code, stderr} = await look(command, id)
      expect(stderr).toContain('profile "look" is read-only')
      expect(code).toBe(6)
    }
    expect(await look(Operations, '-q', queue)).toMatchObject({code: 0})
    expect(await look(OperationsShow, id, '--json')).toMatchObject({code: 0, json: {state: 'planned'}})
  })
})

import {afterEach, expect, it} from 'vitest'
import {proposeOperation} from '../../../src/operations/kept/propose.ts'
import {type KeptRunner, startKeptRunner} from '../../../src/operations/kept/runner.ts'
import {applyOperation, pauseOperation, resumeOperation} from '../../../src/operations/kept/steer.ts'
import {callerOf} from '../../support/caller.ts'
import {until} from '../../support/cli.ts'
import {applied, queueOfLetters, REPLAY, useOwnServers} from '../../support/kept.ts'

const context = useOwnServers()
const runners: KeptRunner[] = []
afterEach(() => Promise.all(runners.splice(0).map((runner) => runner.stop())))

/** A runner of one queue, which no other test file sees. */
function runnerOf(queue: string, everyMs = 20): KeptRunner {
  const home = callerOf(context, queue)
  const runner = startKeptRunner(home, {
    callerOf: (name) => callerOf(context, name),
    queues: [queue],
    everyMs,
  })
  runners.push(runner)
  return runner
}

it('carries on what is applied, paused and resumed', async () => {
  const {queue, engine} = await queueOfLetters(context, 60)
  const caller = callerOf(context, queue)
  const input = {...REPLAY, rate: 200}
  const {id} = await proposeOperation(caller, {operation: 'dlq replay', input})
  runnerOf(queue)
  const done = async () => (await engine.operations.read(id))?.done ?? 0
  expect(await done()).toBe(0)
  await applyOperation(caller, id, 'a test')
  await until(async () => (await done()) > 0)
  await pauseOperation(caller, id)
  const held = await done()
  await resumeOperation(caller, id)
  await until(async () => (await engine.operations.read(id))?.state === 'done')
  expect(held).toBeLessThan(60)
  expect(await done()).toBe(60)
  expect(await engine.depth()).toBe(60)
})

it('is alive for others until it stops', async () => {
  const {queue, engine} = await queueOfLetters(context, 1)
  const runner = runnerOf(queue)
  await until(async () => (await engine.operations.runners()).length > 0)
  await runner.stop()
  // Runners of other test files have the same machine, but another process id
  const own = new RegExp(`:${process.pid}$`)
  expect((await engine.operations.runners()).filter((name) => own.test(name))).toEqual([])
})

it('gives back what it carries on when it stops, and another goes on at once', async () => {
  const {queue, engine} = await queueOfLetters(context, 60)
  const {id} = await applied(callerOf(context, queue), {
    operation: 'dlq replay',
    input: {...REPLAY, rate: 200},
  })
  const first = runnerOf(queue)
  await until(async () => ((await engine.operations.read(id))?.done ?? 0) > 0)
  await first.stop()
  const given = await engine.operations.read(id)
  expect(given).toMatchObject({state: 'running', runner: null})
  expect(given?.done).toBeLessThan(60)
  runnerOf(queue)
  await until(async () => (await engine.operations.read(id))?.state === 'done')
  expect(await engine.operations.read(id)).toMatchObject({done: 60, result: {replayed: 60}})
})

it('looks at once where it is poked', async () => {
  const {queue, engine} = await queueOfLetters(context, 5)
  const caller = callerOf(context, queue)
  const runner = runnerOf(queue, 60_000)
  await until(async () => (await engine.operations.runners()).length > 0)
  const {id} = await applied(caller, {operation: 'dlq purge', input: {}})
  runner.poke()
  await until(async () => (await engine.operations.read(id))?.state === 'done')
})

it('runs at most two at a time', async () => {
  const {queue, engine} = await queueOfLetters(context, 90)
  const caller = callerOf(context, queue)
  const ids: string[] = []
  for (const n of [0, 1, 2]) {
    const input = {...REPLAY, rate: 100, where: `n>=${30 * n} n<${30 * (n + 1)}`}
    ids.push((await applied(caller, {operation: 'dlq replay', input})).id)
  }
  runnerOf(queue)
  let most = 0
  await until(async () => {
    const all = await Promise.all(ids.map((id) => engine.operations.read(id)))
    most = Math.max(most, all.filter((one) => one?.runner).length)
    return all.every((one) => one?.state === 'done')
  })
  expect(most).toBe(2)
  expect(await engine.depth()).toBe(90)
})

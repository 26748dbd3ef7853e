import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {Redis} from 'ioredis'
import {afterAll, beforeAll, expect, it} from 'vitest'
import Down from '../../../src/commands/down.ts'
import Enqueue from '../../../src/commands/enqueue.ts'
import Inspect from '../../../src/commands/inspect.ts'
import Status from '../../../src/commands/status.ts'
import Up from '../../../src/commands/up.ts'
import {stopProcess} from '../../../src/stack/process.ts'
import {serverPid} from '../../../src/stack/running.ts'
import {readState} from '../../../src/stack/state.ts'
import type {StackView} from '../../../src/stack/view.ts'
import {newFolder, until} from '../../support/cli.ts'
import {withoutProgress} from '../../support/quiet.ts'
import {runCommand} from '../../support/run-command.ts'
import {newStackHome, type StackHome} from '../../support/stack-home.ts'

let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(() => stack.remove())

const ready = async () => {
  const {code, json, stderr} = await runCommand(Inspect, ['--json'], stack.env)
  expect({code, stderr: withoutProgress(stderr)}).toEqual({code: 0, stderr: ''})
  return (json as {ready: number}).ready
}

// The tests share one stack, and go on where the one before ended.
it('brings up a pair and three sentinels, shows no password, and is used by every command', async () => {
  const {code, stdout, stderr} = await runCommand(Up, ['--sentinel'], stack.env)
  expect({code, stderr: withoutProgress(stderr)}).toEqual({code: 0, stderr: ''})
  expect(stdout).toContain('redis+sentinel://:****@127.0.0.1:')
  expect(stdout).not.toContain(readState(stack.env).redis?.password)
  const {json} = await runCommand(Status, ['--json'], stack.env)
  const {sentinels, replica, running} = json as StackView
  expect({running, isReplicaUp: replica?.running, sentinels: sentinels.length}).toEqual({
    running: true,
    isReplicaUp: true,
    sentinels: 3,
  })
  const file = join(newFolder(), 'items.ndjson')
  writeFileSync(file, Array.from({length: 1000}, (_, i) => `{"a":${i}}\n`).join(''))
  const enqueued = await runCommand(Enqueue, [file, '--json'], stack.env)
  expect({code: enqueued.code, stderr: enqueued.stderr}).toEqual({
    code: 0,
    stderr: expect.not.stringContaining('writing to'),
  })
  expect(await ready()).toBe(1000)
})

it('fails over to the replica when the primary is killed, with the queue', async () => {
  const {redis, replica} = readState(stack.env)
  const follower = new Redis({port: replica?.port, password: replica?.password})
  await until(async () => (await follower.info('replication')).includes('master_link_status:up'))
  await until(async () => (await follower.zcard('queue:live_points')) === 1000)
  await stopProcess(serverPid('redis', redis?.folder ?? '') ?? 0, 'SIGKILL', 5000)
  await until(async () => (await follower.role())[0] === 'master')
  follower.disconnect()
  // The sentinels tell the new address a moment later
  await until(async () => (await runCommand(Inspect, [], stack.env)).code === 0)
  expect(await ready()).toBe(1000)
})

it('stops all of it, and comes up again with the primary that was chosen', async () => {
  const {json} = await runCommand(Down, ['--json'], stack.env)
  expect(json).toMatchObject({
    stopped: ['sentinel3', 'sentinel2', 'sentinel1', 'replica', 'postgres'],
    removed: [],
  })
  const {code} = await runCommand(Up, [], stack.env)
  expect(code).toBe(0)
  expect(await ready()).toBe(1000)
  const {redis} = readState(stack.env)
  const first = new Redis({port: redis?.port, password: redis?.password})
  expect((await first.role())[0]).toBe('slave')
  first.disconnect()
})

it('leaves nothing after a purge', async () => {
  const folders = readdirSync(stack.home)
  expect(folders).toContain('sentinel1')
  const {code} = await runCommand(Down, ['--purge', '--yes'], stack.env)
  expect(code).toBe(0)
  expect(existsSync(`${stack.home}/sentinel1`)).toBe(false)
  expect(readdirSync(stack.home)).toEqual([])
})

import {once} from 'node:events'
import {existsSync, readdirSync, writeFileSync} from 'node:fs'
import {createServer, type Server} from 'node:net'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import Down from '../../../src/commands/down.ts'
import Enqueue from '../../../src/commands/enqueue.ts'
import Queues from '../../../src/commands/queues.ts'
import Status from '../../../src/commands/status.ts'
import Up from '../../../src/commands/up.ts'
import {readState} from '../../../src/stack/state.ts'
import type {StackView} from '../../../src/stack/view.ts'
import {newFolder} from '../../support/cli.ts'
import {withoutProgress} from '../../support/quiet.ts'
import {runCommand} from '../../support/run-command.ts'
import {newStackHome, type StackHome} from '../../support/stack-home.ts'

let stack: StackHome

beforeAll(async () => {
  stack = await newStackHome()
})

afterAll(() => stack.remove())

const QUEUES = ['a', 'b', 'c', 'd']

/** Name and number of ready items of all queues. */
async function ready(): Promise<Array<[string, number]>> {
  const {code, json, stderr} = await runCommand(Queues, ['--json'], stack.env)
  expect({code, stderr: withoutProgress(stderr)}).toEqual({code: 0, stderr: ''})
  return (json as {queues: Array<{queue: string; ready: number}>}).queues.map((row) => [row.queue, row.ready])
}

// The tests share one stack, and go on where the one before ended.
it('brings up six nodes, shows no password, and is used by every command', async () => {
  const {code, stdout, stderr} = await runCommand(Up, ['--cluster'], stack.env)
  expect({code, stderr: withoutProgress(stderr)}).toEqual({code: 0, stderr: ''})
  expect(stdout).toContain('redis+cluster://:****@127.0.0.1:')
  expect(stdout).not.toContain(readState(stack.env).node1?.password)
  const {json} = await runCommand(Status, ['--json'], stack.env)
  const {nodes, redis, running} = json as StackView
  expect({running, redis, nodes: nodes.map((node) => node.running)}).toEqual({
    running: true,
    redis: null,
    nodes: [true, true, true, true, true, true],
  })
  const file = join(newFolder(), 'items.ndjson')
  writeFileSync(file, Array.from({length: 100}, (_, i) => `{"a":${i}}\n`).join(''))
  for (const queue of QUEUES) {
    expect((await runCommand(Enqueue, ['-q', queue, file], stack.env)).code).toBe(0)
  }
  expect(await ready()).toEqual(QUEUES.map((queue) => [queue, 100]))
})

it('takes no single Redis beside it', async () => {
  const {code, stderr} = await runCommand(Up, ['--sentinel'], stack.env)
  expect(code).toBe(6)
  expect(stderr).toContain('the local stack has a Redis Cluster already')
})

it('stops all of it, and comes up again with its queues, also on other ports', async () => {
  const {json} = await runCommand(Down, ['--json'], stack.env)
  expect(json).toMatchObject({stopped: [...nodeNames(), 'postgres'], removed: []})
  const {node1, node5} = readState(stack.env)
  // Another program has taken two of the ports meanwhile
  const others = await Promise.all([node1, node5].map((node) => listen(node?.port)))
  expect((await runCommand(Up, [], stack.env)).code).toBe(0)
  for (const other of others) other.close()
  expect(readState(stack.env).node1?.port).not.toBe(node1?.port)
  expect(await ready()).toEqual(QUEUES.map((queue) => [queue, 100]))
})

it('leaves nothing after a purge', async () => {
  expect(readdirSync(stack.home)).toContain('node1')
  expect((await runCommand(Down, ['--purge', '--yes'], stack.env)).code).toBe(0)
  expect(existsSync(`${stack.home}/node1`)).toBe(false)
  expect(readdirSync(stack.home)).toEqual([])
})

async function listen(port: number | undefined): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

function nodeNames(): string[] {
  return Array.from({length: 6}, (_, i) => `node${i + 1}`)
}

import {execFileSync, spawn} from 'node:child_process'
import {closeSync, constants, openSync, readdirSync, readlinkSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {expect, it, onTestFinished} from 'vitest'
import {cliEnv, newFolder, runningCli, until} from '../support/cli.ts'
import {useServers} from '../support/context.ts'

const context = useServers()

/** A named pipe that a writer holds open; its lines are enqueued at once. */
function namedPipe(): {path: string; write(text: string): void; close(): void} {
  const path = join(newFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  // With both ends open here, neither side waits for the other
  const end = openSync(path, constants.O_RDWR)
  return {path, write: (text) => void writeSync(end, text), close: () => closeSync(end)}
}

/** Where a link leads; undefined for a file that was closed meanwhile. */
function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

it('Ctrl-C ends the reading of a named pipe whose writer stays', async () => {
  const {queue, keys} = context.newQueue()
  const pipe = namedPipe()
  const run = runningCli(['enqueue', pipe.path, '-q', queue, '--json'])
  onTestFinished(() => void run.child.kill('SIGKILL'))
  pipe.write('{"a":1}\n')
  await until(async () => (await context.redis.zcard(keys.ready)) === 1)
  run.child.kill('SIGINT')
  const {code, stdout} = await run.ended
  expect(code).toBe(130)
  expect(JSON.parse(stdout)).toMatchObject({read: 1, enqueued: 1, unsent: 0})
  pipe.close()
})

it('Ctrl-C ends the wait for a named pipe that nobody writes to', async () => {
  const {queue} = context.newQueue()
  const path = join(newFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const run = runningCli(['enqueue', path, '-q', queue, '--json'])
  onTestFinished(() => void run.child.kill('SIGKILL'))
  const folder = `/proc/${run.child.pid}/fd`
  await until(() => readdirSync(folder).some((fd) => linkOf(`${folder}/${fd}`) === path))
  run.child.kill('SIGINT')
  expect((await run.ended).code).toBe(130)
})

it('a named pipe is read to its end, also if its writer comes late', async () => {
  const {queue} = context.newQueue()
  const path = join(newFolder(), 'pipe')
  execFileSync('mkfifo', [path])
  const run = runningCli(['enqueue', path, '-q', queue, '--json'])
  onTestFinished(() => void run.child.kill('SIGKILL'))
  // Not synchronously: if nobody read it, the writer would wait for ever, and this test with it
  const writer = spawn('sh', ['-c', `exec > '${path}'; seq 1 50000 | sed 's/.*/{"n":&}/'`])
  onTestFinished(() => void writer.kill('SIGKILL'))
  const {code, stdout} = await run.ended
  expect(code).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({read: 50_000, enqueued: 50_000})
})

it('the output of another command, as a file that the shell names, is read to its end', () => {
  const {queue} = context.newQueue()
  const line = `exec node bin/run.js enqueue <(echo '{"n":1}') <(sleep 0.3; echo '{"n":2}') -q ${queue} --json`
  const text = execFileSync('bash', ['-c', line], {encoding: 'utf8', env: cliEnv(), timeout: 20_000})
  expect(JSON.parse(text)).toMatchObject({read: 2, enqueued: 2})
})

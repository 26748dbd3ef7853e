import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {existsSync} from 'node:fs'
import {mkdtemp, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {expect, it} from 'vitest'
import {startGuard} from './support/guard.ts'

/** A program that ends only by a signal. */
const STAY = 'setInterval(() => {}, 1e6)'

it.each([
  ['works in the folder', (home: string) => ({args: ['-e', STAY], cwd: home})],
  ['was started with a file of it', (home: string) => ({args: ['-e', STAY, join(home, 'config')], cwd: '/'})],
])('ends a process that %s', async (_title, how) => {
  const home = await mkdtemp(join(tmpdir(), 'qtool-test-guard-'))
  const {args, cwd} = how(home)
  const server = spawn(process.execPath, args, {cwd, stdio: 'ignore'})
  const ended = once(server, 'exit')
  await writeFile(join(home, 'pid'), `${server.pid}\n`)
  await startGuard(home, join(home, 'pid')).stop()
  await ended
  expect([server.signalCode, existsSync(home)]).toEqual(['SIGQUIT', false])
})

it('ends a process that was stopped', async () => {
  const home = await mkdtemp(join(tmpdir(), 'qtool-test-guard-'))
  const server = spawn(process.execPath, ['-e', STAY], {cwd: home, stdio: 'ignore'})
  const ended = once(server, 'exit')
  await writeFile(join(home, 'pid'), `${server.pid}\n`)
  server.kill('SIGSTOP')
  await startGuard(home, join(home, 'pid')).stop()
  await ended
  expect(server.signalCode).toBe('SIGQUIT')
})

it('leaves a process alone that only got the number of the server', async () => {
  const home = await mkdtemp(join(tmpdir(), 'qtool-test-guard-'))
  const other = spawn(process.execPath, ['-e', STAY], {cwd: '/', stdio: 'ignore'})
  await writeFile(join(home, 'pid'), `${other.pid}\n`)
  await startGuard(home, join(home, 'pid')).stop()
  expect([other.exitCode, other.signalCode]).toEqual([null, null])
  other.kill('SIGKILL')
  await once(other, 'exit')
})

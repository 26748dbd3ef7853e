import {execFile, spawn} from 'node:child_process'
import {closeSync, openSync} from 'node:fs'
import {readFile, rename} from 'node:fs/promises'
import {createServer} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {promisify} from 'node:util'
import {messageOf, QtoolError} from '../errors.ts'
import type {Account} from './account.ts'
import {isAlive} from './process-table.ts'

export const run = promisify(execFile)

/** What a failed `run` wrote to stderr, or why it could not be started. */
export function outputOf(error: unknown): string {
  const stderr = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : ''
  return stderr || messageOf(error)
}

/** Systems give ports above these to outgoing connections, one of which could take that of a server while it is down. */
const PORTS = {first: 20_000, count: 12_000}

/** Where this process goes on to search; others begin elsewhere, so that two do not find the same port at the same time. */
let searched = process.pid * 97

/** A free port of 127.0.0.1, another one each time; `wanted` if it is still free. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await canListen(wanted))) return wanted
  for (let tries = 0; tries < PORTS.count; tries++) {
    const port = PORTS.first + (searched++ % PORTS.count)
    if (await canListen(port)) return port
  }
  throw new QtoolError('no free port on 127.0.0.1', {code: 'NO_PORT'})
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(false))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)))
  })
}

export interface ServerCommand {
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** File for its output; an existing one is kept as LOG.old. */
  log: string
  account: Account | undefined
}

/** Starts a server that outlives this process. @returns a function that gives why it ended; undefined while it runs */
export async function launch({
  command,
  args,
  env,
  log,
  account,
}: ServerCommand): Promise<() => string | undefined> {
  await rename(log, `${log}.old`).catch(() => {})
  const out = openSync(log, 'a', 0o600)
  let end: string | undefined
  try {
    // The server's account may not be able to enter the caller's working folder.
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', out, out],
      cwd: '/',
      env,
      ...account,
    })
    child.on('error', (error) => {
      end = messageOf(error)
    })
    child.on('exit', (code, signal) => {
      end = signal ? `ended by ${signal}` : `ended with code ${code}`
    })
    child.unref()
  } finally {
    closeSync(out)
  }
  return () => end
}

/** How a server answers; `denied` if it does not accept the password. */
export type Answer = 'ready' | 'denied' | 'none'

export interface Waiting {
  /** Name of the server for messages. */
  name: string
  log: string
  ask: () => Promise<Answer>
  /** Why the server ended; undefined while it runs. */
  ended: () => string | undefined
}

/** Postgres or Redis may take this long to replay its log after a crash. */
const START_MS = 120_000

/** Waits until the server answers. @throws QtoolError `NO_START` with the end of its log */
export async function waitForAnswer({name, log, ask, ended}: Waiting): Promise<'ready' | 'denied'> {
  const deadline = performance.now() + START_MS
  for (;;) {
    // In this order, so that a server that ended after its answer does not count as ready.
    const answer = await ask()
    const end = ended()
    if (answer !== 'none' && end === undefined) return answer
    if (end !== undefined || performance.now() > deadline) {
      const why = end ?? `it did not answer within ${START_MS / 1000} s`
      throw new QtoolError(`${name} did not start: ${why}${await tail(log)}`, {
        code: 'NO_START',
        suggestions: [`read ${log}`],
      })
    }
    await delay(25)
  }
}

async function tail(log: string): Promise<string> {
  const lines = (await readFile(log, 'utf8').catch(() => '')).trim().split('\n')
  return lines[0] === '' ? '' : `; the end of its log:\n${lines.slice(-6).join('\n')}`
}

/** Sends a signal and waits until the process is gone. @returns false if it did not end in time */
export async function stopProcess(pid: number, signal: NodeJS.Signals, waitMs: number): Promise<boolean> {
  // 0 and negative ids mean groups of processes, and -1 all processes.
  if (!(pid > 1)) throw new RangeError(`expected a process id, got ${pid}`)
  const deadline = performance.now() + waitMs
  try {
    process.kill(pid, signal)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true
    throw error
  }
  while (isAlive(pid)) {
    if (performance.now() > deadline) return false
    await delay(25)
  }
  return true
}

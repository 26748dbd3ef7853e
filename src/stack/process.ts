import {execFile, spawn} from 'node:child_process'
import {openSync, readFileSync} from 'node:fs'
import {createServer} from 'node:net'
import {setTimeout as delay} from 'node:timers/promises'
import {promisify} from 'node:util'
import {QtoolError} from '../errors.ts'
import type {StackPaths} from './paths.ts'

export const run = promisify(execFile)

/** A free port of 127.0.0.1; `wanted` where it is still free. */
export async function freePort(wanted?: number): Promise<number> {
  if (wanted !== undefined && (await canListen(wanted)) !== undefined) return wanted
  const port = await canListen(0)
  if (port !== undefined) return port
  throw new QtoolError('expected a free port on 127.0.0.1, found none', {code: 'NO_PORT'})
}

function canListen(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined))
    })
  })
}

export interface ServerCommand {
  command: string
  args: string[]
  env: NodeJS.ProcessEnv
  /** Its output is appended here. */
  log: string
  account: StackPaths['account']
}

/** Starts a server that outlives this process. @returns its process id */
export function startServer({command, args, env, log, account}: ServerCommand): {
  pid: number
  died: () => boolean
} {
  const out = openSync(log, 'a', 0o600)
  // The working folder of the caller may be closed to the server's account.
  const child = spawn(command, args, {detached: true, stdio: ['ignore', out, out], cwd: '/', env, ...account})
  let ended = false
  child.on('error', () => {
    ended = true
  })
  child.on('exit', () => {
    ended = true
  })
  child.unref()
  return {pid: child.pid ?? -1, died: () => ended}
}

/** Waits until `isReady` says so. @throws QtoolError with the end of the server's log */
export async function waitUntilReady(
  name: string,
  server: {died: () => boolean},
  log: string,
  isReady: () => Promise<boolean>,
): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!(await isReady())) {
    if (server.died() || performance.now() > deadline) {
      const tail = readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')
      throw new QtoolError(`${name} did not start; the end of its log:\n${tail}`, {
        code: 'NO_START',
        suggestions: [`read ${log}`],
      })
    }
    await delay(50)
  }
}

/** Sends a signal and waits until the process is gone. @returns false where it did not end in time */
export async function stopProcess(pid: number, signal: NodeJS.Signals, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs
  try {
    process.kill(pid, signal)
    while (performance.now() < deadline) {
      process.kill(pid, 0)
      await delay(25)
    }
    return false
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ESRCH') return true
    throw error
  }
}

import {randomUUID} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {chmod, mkdir, rename, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stackPaths} from './paths.ts'

/** One server of the local stack. */
export interface ServerState {
  /** Undefined while it is down. */
  pid?: number
  port: number
  password: string
  version: string
  folder: string
}

/** What qtool remembers of its local stack; kept over `down`, so that ports, passwords and data stay. */
export interface StackState {
  redis: ServerState
  postgres: ServerState
  startedAt?: string
}

/** URLs of a stack that runs. */
export interface RunningStack {
  redisUrl: string
  databaseUrl: string
}

function statePath(env: NodeJS.ProcessEnv): string {
  return join(stackPaths(env).data, 'stack.json')
}

/** The remembered state, or undefined where there is none (yet, or after a crash while it was written). */
export function readState(env: NodeJS.ProcessEnv): StackState | undefined {
  try {
    return JSON.parse(readFileSync(statePath(env), 'utf8'))
  } catch {
    return undefined
  }
}

/** Writes the state whole or not at all, readable by its owner alone: it holds the passwords. */
export async function writeState(env: NodeJS.ProcessEnv, state: StackState): Promise<void> {
  const path = statePath(env)
  await mkdir(stackPaths(env).data, {recursive: true, mode: 0o755})
  const draft = `${path}.${randomUUID()}`
  await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, {mode: 0o600, flag: 'wx'})
  await chmod(draft, 0o600)
  await rename(draft, path)
}

/** The local stack, where both of its servers run. Cheap: every command asks. */
export async function readStack(env: NodeJS.ProcessEnv): Promise<RunningStack | undefined> {
  const state = readState(env)
  return state && isRunning(state.redis) && isRunning(state.postgres) ? stackUrls(state) : undefined
}

export function stackUrls({redis, postgres}: StackState): RunningStack {
  return {
    redisUrl: `redis://:${redis.password}@127.0.0.1:${redis.port}/0`,
    databaseUrl: `postgres://postgres:${postgres.password}@127.0.0.1:${postgres.port}/postgres`,
  }
}

/** Whether the process is there and is ours: after a reboot another program may have its id. */
export function isRunning(server: ServerState): boolean {
  if (server.pid === undefined) return false
  try {
    process.kill(server.pid, 0)
  } catch (error) {
    // EPERM: it runs as root's deputy or as another user
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  try {
    const command = readFileSync(`/proc/${server.pid}/cmdline`, 'utf8')
    // Redis rewrites its title to "redis-server 127.0.0.1:PORT"
    return command.includes(server.folder) || command.includes(`:${server.port}`)
  } catch {
    // No /proc on this system, or the process is being reaped
    return process.platform !== 'linux'
  }
}

import {randomUUID} from 'node:crypto'
import {readFileSync, statSync} from 'node:fs'
import {chmod, rename, rm, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {stackPaths} from './paths.ts'
import {NODE_NAMES, SENTINEL_NAMES, SENTINEL_PARTS, type ServerName, serverPid} from './running.ts'

/** One server of the local stack. */
export interface ServerState {
  port: number
  password: string
  /** E.g. `Redis 7.0.15`. */
  version: string
  /** Its data folder. */
  folder: string
}

/** What qtool remembers about its local stack; survives `down`, so that ports, passwords and data stay. */
export type StackState = {[name in ServerName]?: ServerState} & {startedAt?: string}

/** URLs of a running stack. */
export interface RunningStack {
  redisUrl: string
  databaseUrl: string
}

export function statePath(env: NodeJS.ProcessEnv): string {
  return join(stackPaths(env).data, 'stack.json')
}

/** The remembered state; empty if there is none, if it is broken, or if somebody else planted it. */
export function readState(env: NodeJS.ProcessEnv): StackState {
  try {
    const path = statePath(env)
    if (process.getuid && statSync(path).uid !== process.getuid()) return {}
    const found: Record<string, unknown> = JSON.parse(readFileSync(path, 'utf8'))
    const {startedAt} = found
    const state: StackState = {startedAt: typeof startedAt === 'string' ? startedAt : undefined}
    for (const name of ['redis', 'postgres', ...SENTINEL_PARTS, ...NODE_NAMES] as const) {
      const server = found[name]
      state[name] = isServer(server) ? server : undefined
    }
    return state
  } catch {
    return {}
  }
}

function isServer(value: unknown): value is ServerState {
  if (typeof value !== 'object' || value === null) return false
  const {port, password, version, folder}: Partial<Record<string, unknown>> = {...value}
  return typeof port === 'number' && [password, version, folder].every((field) => typeof field === 'string')
}

/** Writes the state, whole or not at all, readable only by its owner, because it holds the passwords. */
export async function writeState(env: NodeJS.ProcessEnv, state: StackState): Promise<void> {
  const path = statePath(env)
  const draft = `${path}.${randomUUID()}`
  try {
    await writeFile(draft, `${JSON.stringify(state, null, 2)}\n`, {mode: 0o600, flag: 'wx'})
    await chmod(draft, 0o600)
    await rename(draft, path)
  } finally {
    await rm(draft, {force: true})
  }
}

/**
 * The local stack; undefined unless it runs. One of its servers may have died: whoever needs it is told that it cannot be
 * reached, and not that there is none. Cheap: every command calls it.
 */
export async function readStack(env: NodeJS.ProcessEnv): Promise<RunningStack | undefined> {
  const state = readState(env)
  const {postgres} = state
  const redisUrl = clusterUrl(state) ?? sentinelUrl(state) ?? (state.redis && serverUrl('redis', state.redis))
  if (!redisUrl || !postgres) return undefined
  const names = ['redis', 'postgres', ...NODE_NAMES] as const
  const isUp = names.some((name) => state[name] && serverPid(name, state[name].folder) !== undefined)
  return isUp ? {redisUrl, databaseUrl: serverUrl('postgres', postgres)} : undefined
}

/** The URL of a server, including its password. */
export function serverUrl(name: ServerName, {port, password}: ServerState): string {
  return name === 'postgres'
    ? `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
    : `redis://:${password}@127.0.0.1:${port}/0`
}

/** The URL that finds the primary of a stack with sentinels, including its passwords; undefined without. */
export function sentinelUrl(state: StackState): string | undefined {
  const sentinels = SENTINEL_NAMES.flatMap((name) => state[name] ?? [])
  if (!state.redis || sentinels.length === 0) return undefined
  const hosts = sentinels.map(({port}) => `127.0.0.1:${port}`).join(',')
  const {password} = state.redis
  return `redis+sentinel://:${password}@${hosts}/${PRIMARY_NAME}?sentinel-password=${sentinels[0].password}`
}

/** The URL of a stack with a cluster, including its password; undefined without. */
export function clusterUrl(state: StackState): string | undefined {
  const nodes = NODE_NAMES.flatMap((name) => state[name] ?? [])
  if (nodes.length === 0) return undefined
  const hosts = nodes.map(({port}) => `127.0.0.1:${port}`).join(',')
  return `redis+cluster://:${nodes[0].password}@${hosts}`
}

/** The name under which the sentinels of the local stack watch its primary. */
export const PRIMARY_NAME = 'local'

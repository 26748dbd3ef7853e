import {randomBytes} from 'node:crypto'
import {mkdir, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {QtoolError} from '../errors.ts'
import {withLock} from './lock.ts'
import {enterableFolder, type StackPaths, stackPaths} from './paths.ts'
import {postgresBinaries, startPostgres} from './postgres.ts'
import {freePort, stopProcess} from './process.ts'
import {startRedis} from './redis.ts'
import {findRedis} from './redis-binary.ts'
import {isRunning, readState, type ServerState, type StackState, writeState} from './state.ts'

export interface UpOptions {
  env: NodeJS.ProcessEnv
  /** Told what is being done, one line each. */
  onStep?: (text: string) => void
}

/** Longest wait for a server to save its data and leave. */
const STOP_MS = 60_000

const lockPath = (paths: StackPaths) => join(paths.data, 'stack.lock')

/**
 * Brings the local Redis and Postgres up; does nothing to one that runs. Two calls at once end with one stack.
 * Data, ports and passwords are kept from the last time where they can be.
 */
export async function up({
  env,
  onStep = () => {},
}: UpOptions): Promise<{state: StackState; started: boolean}> {
  const paths = stackPaths(env)
  await mkdir(paths.data, {recursive: true, mode: 0o755})
  return withLock(lockPath(paths), async () => {
    const known = readState(env)
    if (known && isRunning(known.redis) && isRunning(known.postgres)) return {state: known, started: false}
    const redis = await upRedis(paths, env, known?.redis, onStep)
    const postgres = await upPostgres(paths, known?.postgres, onStep)
    const state = {redis, postgres, startedAt: new Date().toISOString()}
    await writeState(env, state)
    return {state, started: true}
  })
}

async function upRedis(
  paths: StackPaths,
  env: NodeJS.ProcessEnv,
  known: ServerState | undefined,
  onStep: (text: string) => void,
): Promise<ServerState> {
  if (known && isRunning(known)) return known
  onStep('looking for Redis')
  const binary = await findRedis(paths, env)
  const folder = enterableFolder(paths.data, 'redis', paths.account)
  await mkdir(dirname(folder), {recursive: true, mode: 0o755})
  onStep(`starting ${binary.version}`)
  const password = known?.password ?? randomBytes(18).toString('hex')
  return retryPort(known?.port, async (port) => {
    const pid = await startRedis({binary, folder, port, password, account: paths.account})
    return {pid, port, password, version: binary.version, folder}
  })
}

async function upPostgres(
  paths: StackPaths,
  known: ServerState | undefined,
  onStep: (text: string) => void,
): Promise<ServerState> {
  if (known && isRunning(known)) return known
  onStep('unpacking Postgres')
  const binaries = await postgresBinaries(paths)
  const version = `PostgreSQL ${binaries.version.replace(/-.*/, '').replace(/\.0$/, '')}`
  const folder = enterableFolder(paths.data, 'postgres', paths.account)
  onStep(`starting ${version}`)
  const password = known?.password ?? randomBytes(18).toString('hex')
  return retryPort(known?.port, async (port) => {
    const pid = await startPostgres({
      binaries: binaries.folder,
      folder,
      port,
      password,
      account: paths.account,
    })
    return {pid, port, password, version, folder}
  })
}

/** Between finding a port free and listening on it somebody else may take it. */
async function retryPort<T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? wanted : undefined)
    try {
      return await start(port)
    } catch (error) {
      if (attempt === 3 || !(error instanceof QtoolError) || !/in use|bind/i.test(error.message)) throw error
    }
  }
}

/** Stops the local stack; its data stays unless `purge`. @returns what was stopped, or undefined where there was none */
export async function down(
  env: NodeJS.ProcessEnv,
  options: {purge: boolean},
): Promise<StackState | undefined> {
  const paths = stackPaths(env)
  await mkdir(paths.data, {recursive: true, mode: 0o755})
  return withLock(lockPath(paths), async () => {
    const state = readState(env)
    if (!state) return undefined
    // SIGINT is Postgres's fast shutdown; SIGTERM makes Redis save and leave
    await stop(state.postgres, 'SIGINT')
    await stop(state.redis, 'SIGTERM')
    const {redis, postgres} = state
    await writeState(env, {redis: {...redis, pid: undefined}, postgres: {...postgres, pid: undefined}})
    if (options.purge) await removeData(paths, state)
    return state
  })
}

async function stop(server: ServerState, signal: NodeJS.Signals): Promise<void> {
  if (server.pid === undefined || !isRunning(server)) return
  if (await stopProcess(server.pid, signal, STOP_MS)) return
  throw new QtoolError(`${server.version} (process ${server.pid}) did not stop within ${STOP_MS / 1000} s`, {
    code: 'NO_STOP',
    suggestions: [`read ${server.folder}.log`],
  })
}

async function removeData(paths: StackPaths, state: StackState): Promise<void> {
  for (const {folder} of [state.redis, state.postgres]) {
    await rm(folder, {recursive: true, force: true})
    await rm(`${folder}.log`, {force: true})
  }
  await rm(join(paths.data, 'stack.json'), {force: true})
}

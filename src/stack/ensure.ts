import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {dirname} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {QtoolError} from '../errors.ts'
import {enterableFolder, makeFolder, type StackPaths} from './paths.ts'
import {askPostgres} from './postgres/postgres.ts'
import {type Answer, freePort, waitForAnswer} from './process.ts'
import {askRedis} from './redis/redis.ts'
import {findRedis, type RedisBinary} from './redis/redis-binary.ts'
import {programOf, type ServerName, serverPid} from './running.ts'
import {logOf, type ServerPlace} from './server.ts'
import {type ServerState, type StackState, writeState} from './state.ts'
import {stopServer} from './stop.ts'

/** How to start one server, and its version. */
export interface Recipe {
  version: string
  start: (place: ServerPlace) => Promise<void>
}

/** Everything that `up` works with. */
export interface Work {
  env: NodeJS.ProcessEnv
  paths: StackPaths
  state: StackState
  onStep: (text: string) => void
}

const ASK: Record<'redis' | 'postgres', (port: number, password: string) => Promise<Answer>> = {
  redis: askRedis,
  postgres: askPostgres,
}

/** The existing data folder of a server, else the path for a new one. */
export function dataFolder(name: ServerName, paths: StackPaths, state: StackState): string {
  const known = state[name]?.folder
  return known && existsSync(known) ? known : enterableFolder(paths.data, name, paths.account)
}

/** How to start a Redis, or a server with the same program. */
export async function redisRecipe(
  {paths, env, onStep}: Work,
  start: (binary: RedisBinary, place: ServerPlace) => Promise<void>,
): Promise<Recipe> {
  onStep('looking for Redis')
  const binary = await findRedis(paths, env)
  return {version: binary.version, start: (place) => start(binary, place)}
}

/** Starts a server unless it runs, on the data and the port that it had. @returns whether the server had to be started */
export async function ensure(work: Work, name: ServerName, prepare: () => Promise<Recipe>): Promise<boolean> {
  const known = work.state[name]
  if (known && (await isServing(name, known))) return false
  const folder = dataFolder(name, work.paths, work.state)
  makeFolder(dirname(folder), work.paths.account)
  // A server that still runs has another password, from a state file that was lost.
  await stopServer(name, folder)
  const {version, start} = await prepare()
  work.onStep(`starting ${version}`)
  // Those that watch or copy each other share it
  const shared =
    name === 'postgres' ? undefined : (work.state.redis ?? work.state.replica ?? work.state.node1)
  const password = (known ?? shared)?.password ?? randomBytes(18).toString('hex')
  for (let attempt = 1; ; attempt++) {
    const port = await freePort(attempt === 1 ? known?.port : undefined)
    // Before the start, so that the next `up` knows the server even if this one is killed now.
    work.state[name] = {port, password, version, folder}
    await writeState(work.env, work.state)
    try {
      await start({folder, port, password, account: work.paths.account})
      return true
    } catch (error) {
      if (attempt === 5 || !isPassing(error)) throw error
      await delay(200 * attempt)
    }
  }
}

/** Whether the server runs and answers; waits for one that is still reading its log. */
async function isServing(name: ServerName, {port, password, folder, version}: ServerState): Promise<boolean> {
  if (serverPid(name, folder) === undefined) return false
  const ask = () => ASK[programOf(name)](port, password)
  const ended = () => (serverPid(name, folder) === undefined ? 'ended' : undefined)
  try {
    return (await waitForAnswer({name: version, log: logOf(folder), ask, ended})) === 'ready'
  } catch (error) {
    // It died meanwhile; a new start may succeed, or will report the reason.
    if (ended()) return false
    throw error
  }
}

/**
 * Whether to try again: another program took the port before the start, or processes of a killed Postgres are still
 * running.
 */
function isPassing(error: unknown): boolean {
  return (
    error instanceof QtoolError &&
    error.code === 'NO_START' &&
    /Address already in use|shared memory block/.test(error.message)
  )
}

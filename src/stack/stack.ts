import {randomBytes} from 'node:crypto'
import {existsSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {QtoolError} from '../errors.ts'
import {withLock} from './lock.ts'
import {enterableFolder, makeFolder, type StackPaths, stackPaths} from './paths.ts'
import {assertSameMajor} from './postgres/initdb.ts'
import {askPostgres, startPostgres} from './postgres/postgres.ts'
import {postgresBinaries} from './postgres/postgres-binary.ts'
import {type Answer, freePort, waitForAnswer} from './process.ts'
import {askRedis, startRedis} from './redis/redis.ts'
import {findRedis, type RedisBinary} from './redis/redis-binary.ts'
import {startSentinel, watchedPort} from './redis/sentinel.ts'
import {programOf, SENTINEL_NAMES, type ServerName, serverPid} from './running.ts'
import {logOf, type ServerPlace} from './server.ts'
import {readState, type ServerState, type StackState, writeState} from './state.ts'
import {stopServer} from './stop.ts'

export interface UpOptions {
  env: NodeJS.ProcessEnv
  /** Called with one line for each step. */
  onStep?: (text: string) => void
  /** Also start a replica and three sentinels. Once there, they come up every time. */
  sentinel?: boolean
}

/** How to start one server, and its version. */
interface Recipe {
  version: string
  start: (place: ServerPlace) => Promise<void>
}

/** Everything that `up` works with. */
interface Work {
  env: NodeJS.ProcessEnv
  paths: StackPaths
  state: StackState
  onStep: (text: string) => void
}

const ASK: Record<'redis' | 'postgres', (port: number, password: string) => Promise<Answer>> = {
  redis: askRedis,
  postgres: askPostgres,
}

/**
 * Starts the local Redis and Postgres, unless they are running. Two simultaneous calls end with one stack. Data, ports
 * and passwords are kept from the last time if possible.
 */
export async function up({
  env,
  onStep = () => {},
  sentinel = false,
}: UpOptions): Promise<{state: StackState; started: boolean}> {
  const paths = stackPaths(env)
  makeFolder(paths.data, paths.account)
  return withLock(lockPath(paths), async () => {
    const work = {env, paths, onStep, state: readState(env)}
    const redis = sentinel || work.state.sentinel1 ? await ensureSentinels(work) : await ensureRedis(work)
    const postgres = await ensure(work, 'postgres', () => postgresRecipe(work))
    if (!redis && !postgres) return {state: work.state, started: false}
    work.state.startedAt = new Date().toISOString()
    await writeState(env, work.state)
    return {state: work.state, started: true}
  })
}

export function lockPath(paths: StackPaths): string {
  return join(paths.data, 'stack.lock')
}

/** The existing data folder of a server, else the path for a new one. */
export function dataFolder(name: ServerName, paths: StackPaths, state: StackState): string {
  const known = state[name]?.folder
  return known && existsSync(known) ? known : enterableFolder(paths.data, name, paths.account)
}

function ensureRedis(work: Work): Promise<boolean> {
  return ensure(work, 'redis', () => redisRecipe(work, startRedis))
}

/** A Redis, its replica and the sentinels that watch them; the sentinels remember which of the two is the primary. */
async function ensureSentinels(work: Work): Promise<boolean> {
  const {state, paths} = work
  const watched = watchedPort(dataFolder('sentinel1', paths, state))
  const isSwapped = watched !== undefined && watched === state.replica?.port
  const [primary, other] = isSwapped ? (['replica', 'redis'] as const) : (['redis', 'replica'] as const)
  const portOf = (name: 'redis' | 'replica') => state[name]?.port ?? 0
  const started = [
    await ensure(work, primary, () => redisRecipe(work, startRedis)),
    await ensure(work, other, () =>
      redisRecipe(work, (binary, place) =>
        startRedis(binary, {...place, settings: [`replicaof 127.0.0.1 ${portOf(primary)}`]}),
      ),
    ),
  ]
  const pair = () => ({primaryPort: portOf(primary), ports: [portOf(primary), portOf(other)]})
  for (const name of SENTINEL_NAMES) {
    const recipe = () => redisRecipe(work, (binary, place) => startSentinel(binary, place, pair()))
    started.push(await ensure(work, name, recipe))
  }
  return started.includes(true)
}

async function redisRecipe(
  {paths, env, onStep}: Work,
  start: (binary: RedisBinary, place: ServerPlace) => Promise<void>,
): Promise<Recipe> {
  onStep('looking for Redis')
  const binary = await findRedis(paths, env)
  return {version: binary.version, start: (place) => start(binary, place)}
}

async function postgresRecipe({paths, state, onStep}: Work): Promise<Recipe> {
  onStep('unpacking Postgres')
  const binaries = await postgresBinaries(paths)
  await assertSameMajor(dataFolder('postgres', paths, state), binaries.version)
  return {version: binaries.version, start: (place) => startPostgres(binaries, place)}
}

/** @returns whether the server had to be started */
async function ensure(work: Work, name: ServerName, prepare: () => Promise<Recipe>): Promise<boolean> {
  const known = work.state[name]
  if (known && (await isServing(name, known))) return false
  const folder = dataFolder(name, work.paths, work.state)
  makeFolder(dirname(folder), work.paths.account)
  // A server that still runs has another password, from a state file that was lost.
  await stopServer(name, folder)
  const {version, start} = await prepare()
  work.onStep(`starting ${version}`)
  // Those that watch or copy each other share it
  const shared = name === 'postgres' ? undefined : (work.state.redis ?? work.state.replica)
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

import {join} from 'node:path'
import {QtoolError} from '../errors.ts'
import {ensureCluster} from './cluster.ts'
import {dataFolder, ensure, type Recipe, redisRecipe, type Work} from './ensure.ts'
import {withLock} from './lock.ts'
import {makeFolder, type StackPaths, stackPaths} from './paths.ts'
import {assertSameMajor} from './postgres/initdb.ts'
import {startPostgres} from './postgres/postgres.ts'
import {postgresBinaries} from './postgres/postgres-binary.ts'
import {startRedis} from './redis/redis.ts'
import {startSentinel, watchedPort} from './redis/sentinel.ts'
import {SENTINEL_NAMES} from './running.ts'
import {readState, type StackState, writeState} from './state.ts'

export interface UpOptions {
  env: NodeJS.ProcessEnv
  /** Called with one line for each step. */
  onStep?: (text: string) => void
  /** Also start a replica and three sentinels. Once there, they come up every time. */
  sentinel?: boolean
  /** Start a cluster instead of a single Redis. Once created, it starts every time. */
  cluster?: boolean
}

/**
 * Starts the local Redis and Postgres, unless they are running. Two simultaneous calls end with one stack. Data, ports
 * and passwords are kept from the last time if possible.
 */
export async function up({
  env,
  onStep = () => {},
  sentinel = false,
  cluster = false,
}: UpOptions): Promise<{state: StackState; started: boolean}> {
  const paths = stackPaths(env)
  makeFolder(paths.data, paths.account)
  return withLock(lockPath(paths), async () => {
    const work = {env, paths, onStep, state: readState(env)}
    const redis = await startRedisOf(work, {sentinel, cluster})
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

/** Starts Redis in the shape that was asked for, or that it has. @throws QtoolError `OTHER_STACK` if these differ */
function startRedisOf(work: Work, asked: {sentinel: boolean; cluster: boolean}): Promise<boolean> {
  const {redis, sentinel1, node1} = work.state
  if (asked.cluster && redis) throw otherStack('a single Redis')
  if (asked.sentinel && node1) throw otherStack('a Redis Cluster')
  if (asked.cluster || node1) return ensureCluster(work)
  return asked.sentinel || sentinel1 ? ensureSentinels(work) : ensureRedis(work)
}

function otherStack(what: string): QtoolError {
  return new QtoolError(`the local stack has ${what} already`, {
    code: 'OTHER_STACK',
    kind: 'refused',
    suggestions: [
      'qtool down --purge removes it with its data',
      'QTOOL_HOME=FOLDER qtool up … makes another stack beside it',
    ],
  })
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

async function postgresRecipe({paths, state, onStep}: Work): Promise<Recipe> {
  onStep('unpacking Postgres')
  const binaries = await postgresBinaries(paths)
  await assertSameMajor(dataFolder('postgres', paths, state), binaries.version)
  return {version: binaries.version, start: (place) => startPostgres(binaries, place)}
}

import {existsSync} from 'node:fs'
import {chmod, mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {Redis} from 'ioredis'
import pg from 'pg'
import {down} from '../src/stack/down.ts'
import {stackPaths} from '../src/stack/paths.ts'
import {libraryFolders, serverEnv} from '../src/stack/redis/libraries.ts'
import {findRedis} from '../src/stack/redis/redis-binary.ts'
import {up} from '../src/stack/stack.ts'
import {readStack} from '../src/stack/state.ts'
import {CpuAccount} from './cpu.ts'
import {onPath, type ProcessRun, runProcess} from './measure.ts'

const BIN = fileURLToPath(new URL('../../bin/run.js', import.meta.url))

/** A local stack of its own, as `qtool up` makes it, and everything the benchmarks need to reach it. */
export interface Bench {
  redis: Redis
  pool: pg.Pool
  redisUrl: string
  databaseUrl: string
  env: NodeJS.ProcessEnv
  cpu: CpuAccount
  /** Folder for files; removed at the end. */
  folder: string
  versions: string[]
  /** redis-benchmark; undefined if it is not installed. */
  redisBenchmark?: {command: string; env: NodeJS.ProcessEnv}
  psql?: string
  qtool(...args: string[]): Promise<ProcessRun>
}

/** @param postgres URL of a database to use in place of that of the stack: its server must run on this machine */
export async function withBench<T>(use: (bench: Bench) => Promise<T>, postgres?: string): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'qtool-bench-'))
  // Root's servers run as another account, which has to enter this folder
  await chmod(folder, 0o711)
  const env = {
    ...process.env,
    QTOOL_HOME: join(folder, 'home'),
    QTOOL_CACHE: stackPaths(process.env).cache,
    QTOOL_CONFIG: join(folder, 'profiles.json'),
  }
  const {state} = await up({env})
  const stack = await readStack(env)
  if (!stack) throw new Error('expected the local stack to run')
  const {redisUrl} = stack
  const databaseUrl = postgres ?? stack.databaseUrl
  if (postgres !== undefined) Object.assign(env, {REDIS_URL: redisUrl, DATABASE_URL: postgres})
  const redis = new Redis(redisUrl)
  const pool = new pg.Pool({connectionString: databaseUrl})
  const binary = await findRedis(stackPaths(env), env)
  const beside = join(dirname(binary.command), 'redis-benchmark')
  try {
    return await use({
      redis,
      pool,
      redisUrl,
      databaseUrl,
      env,
      cpu: await CpuAccount.open(redis, pool),
      folder,
      versions: [state.redis?.version ?? '', state.postgres?.version ?? '', `Node ${process.versions.node}`],
      redisBenchmark: existsSync(beside)
        ? {command: beside, env: serverEnv(binary.unpacked ? libraryFolders(binary.unpacked) : [])}
        : undefined,
      psql: onPath('psql'),
      qtool: (...args) => runProcess(process.execPath, [BIN, ...args], env, [0, 3]),
    })
  } finally {
    redis.disconnect()
    await pool.end()
    await down(env, {purge: true})
    await rm(folder, {recursive: true, force: true})
  }
}

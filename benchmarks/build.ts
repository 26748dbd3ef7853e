import {mkdir} from 'node:fs/promises'
import {join} from 'node:path'
import pg from 'pg'
import type {EngineKind} from '../src/queue/kinds.ts'
import type {KeyLayout} from '../src/redis/route.ts'
import type {Bench} from './bench-servers.ts'
import {makeSample} from './data.ts'
import {runProcess} from './measure.ts'

/** A build of qtool with a database of its own: two builds may disagree about qtool's tables. */
export interface Build extends Pick<Bench, 'redis' | 'pool' | 'cpu' | 'qtool'> {
  name: string
  folder: string
  /** How the keys of its queues are named. */
  layout: KeyLayout
  /** How its queues keep their items. */
  engine: EngineKind
}

/** @param bin path of the build's executable */
export async function openBuild(
  bench: Bench,
  name: string,
  bin: string,
  layout: KeyLayout = 'plain',
): Promise<Build> {
  const databaseUrl = await makeDatabase(bench, `bench_${name}`)
  const env = {...bench.env, REDIS_URL: bench.redisUrl, DATABASE_URL: databaseUrl}
  const qtool = (...args: string[]) => runProcess(process.execPath, [bin, ...args], env)
  await makeSample(qtool)
  const pool = new pg.Pool({connectionString: databaseUrl})
  // It starts at random moments and would blur the comparison of builds
  await pool.query('ALTER TABLE live_track_points SET (autovacuum_enabled = off)')
  const folder = join(bench.folder, name)
  await mkdir(folder)
  return {name, folder, layout, engine: 'zset', redis: bench.redis, cpu: bench.cpu, pool, qtool}
}

/** @returns the URL of the database */
async function makeDatabase({pool, databaseUrl}: Bench, name: string): Promise<string> {
  const {rowCount} = await pool.query('SELECT FROM pg_database WHERE datname = $1', [name])
  if (rowCount === 0) await pool.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`)
  const url = new URL(databaseUrl)
  url.pathname = `/${name}`
  return url.href
}

import {existsSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {findOnPath} from '../on-path.ts'
import type {StackPaths} from '../paths.ts'
import {libraryFolders} from './libraries.ts'

/** A client of Redis, and what it needs in its environment. */
export interface RedisClient {
  command: string
  env: Record<string, string>
}

const NAMES = ['redis-cli', 'valkey-cli']

/** Finds redis-cli or valkey-cli on the PATH, else beside the Redis that was unpacked for the local stack. */
export function findRedisClient(paths: StackPaths, env: NodeJS.ProcessEnv): RedisClient | undefined {
  const onPath = findOnPath(NAMES, env)
  if (onPath) return {command: onPath, env: {}}
  const folder = join(paths.cache, 'redis')
  const unpacked = NAMES.map((name) => join(folder, 'usr', 'bin', name)).find((path) => existsSync(path))
  if (!unpacked) return undefined
  return {command: unpacked, env: {LD_LIBRARY_PATH: libraryFolders(folder).join(delimiter)}}
}

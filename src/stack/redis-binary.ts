import {access, constants, readFile} from 'node:fs/promises'
import {delimiter, join} from 'node:path'
import {QtoolError} from '../errors.ts'
import {unpackRedis} from './debian-package.ts'
import {libraryFolders, libraryPath} from './libraries.ts'
import {enterableFolder, type StackPaths} from './paths.ts'
import {run} from './process.ts'

/** A server that speaks Redis's protocol. */
export interface RedisBinary {
  command: string
  /** E.g. `Redis 7.0.15` or `Valkey 8.1.1`. */
  version: string
  /** Folders of shared libraries that came with it. */
  libraries: string[]
}

/** qtool's scripts carry flags, which Redis knows since 7.0. */
const OLDEST_MAJOR = 7

/**
 * Finds `redis-server` or `valkey-server` on the PATH (QTOOL_REDIS_SERVER names another), else unpacks the
 * distribution's own package into the cache, which needs no root.
 * @throws QtoolError `NO_REDIS` that names the command for this system
 */
export async function findRedis(paths: StackPaths, env: NodeJS.ProcessEnv): Promise<RedisBinary> {
  const named = env.QTOOL_REDIS_SERVER ? [env.QTOOL_REDIS_SERVER] : onPath(env.PATH ?? '')
  for (const command of named) {
    const found = await readVersion(command, [])
    if (found) return found
  }
  if (env.QTOOL_REDIS_SERVER) {
    throw new QtoolError(
      `expected QTOOL_REDIS_SERVER to be a Redis ${OLDEST_MAJOR} or newer, got ${env.QTOOL_REDIS_SERVER}`,
      {
        code: 'NO_REDIS',
        kind: 'usage',
      },
    )
  }
  const folder = enterableFolder(paths.cache, 'redis', paths.account)
  const unpacked = await fromFolder(folder)
  if (unpacked) return unpacked
  let why: unknown
  try {
    await unpackRedis(folder, paths.cache)
    const fresh = await fromFolder(folder)
    if (fresh) return fresh
  } catch (error) {
    why = error
  }
  throw new QtoolError(
    `expected redis-server or valkey-server ${OLDEST_MAJOR} or newer on the PATH, found none`,
    {
      code: 'NO_REDIS',
      suggestions: [
        `install it: ${await installCommand()}`,
        'or use your own Redis: --redis-url, REDIS_URL or a profile',
      ],
      cause: why,
    },
  )
}

function onPath(path: string): string[] {
  const folders = path.split(delimiter).filter(Boolean)
  return ['redis-server', 'valkey-server'].flatMap((name) => folders.map((folder) => join(folder, name)))
}

async function fromFolder(folder: string): Promise<RedisBinary | undefined> {
  const libraries = libraryFolders(folder)
  for (const name of ['redis-server', 'valkey-server']) {
    const found = await readVersion(join(folder, 'usr', 'bin', name), libraries)
    if (found) return found
  }
  return undefined
}

/** What the program says of itself; undefined where it is missing, does not run, or is too old. */
async function readVersion(command: string, libraries: string[]): Promise<RedisBinary | undefined> {
  try {
    await access(command, constants.X_OK)
    const {stdout} = await run(command, ['--version'], {env: libraryPath(libraries), timeout: 10_000})
    const match = /^(Redis|Valkey)\b.*?\bv=(\d+)(\.[\d.]+)/.exec(stdout)
    if (!match || Number(match[2]) < OLDEST_MAJOR) return undefined
    return {command, version: `${match[1]} ${match[2]}${match[3]}`, libraries}
  } catch {
    return undefined
  }
}

const INSTALL: Array<[RegExp, string]> = [
  [/debian|ubuntu/, 'apt-get install redis-server'],
  [/alpine/, 'apk add redis'],
  [/fedora|rhel|centos|amzn/, 'dnf install redis (or valkey)'],
  [/arch/, 'pacman -S valkey'],
  [/suse/, 'zypper install redis'],
]

async function installCommand(): Promise<string> {
  if (process.platform === 'darwin') return 'brew install redis'
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  const ids = (release.match(/^ID(_LIKE)?=.*$/gm) ?? []).join(' ')
  return INSTALL.find(([pattern]) => pattern.test(ids))?.[1] ?? 'see the Redis or Valkey page of your system'
}
